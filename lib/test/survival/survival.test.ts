import { afterAll, describe, expect, it } from 'vitest';
import { usePrivateServer } from '../support/private-server.ts';
import { cells } from './cells.ts';
import { type Outcome, judge } from './judge.ts';
import { Trial } from './trial.ts';

const isWhole = process.env['ORCHLAB_RELIABILITY'] === 'all';
const postgres = usePrivateServer();
const outcomes: Outcome[] = [];

describe.each(cells.filter(({ everyday }) => isWhole || everyday === true))('$fault', (cell) => {
  it.skipIf(cell.skip !== undefined)(`${cell.phase}: ${cell.done}`, async () => {
    await using trial = new Trial(cell, postgres.server.url);
    await trial.execute();
    outcomes.push(await judge(trial, postgres.server.url));
  });
});
