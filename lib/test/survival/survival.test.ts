import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { usePrivateServer } from '../support/private-server.ts';
import type { Cell } from './cell.ts';
import { cells, limits } from './cells.ts';
import { type Outcome, judge } from './judge.ts';
import { reliabilityDocument, rowOf } from './reliability-document.ts';
import { Trial } from './trial.ts';

// `npm run test-reliability` tries them all and writes the page; otherwise a few.
const isWhole = process.env['ORCHLAB_RELIABILITY'] === 'all';
const postgres = usePrivateServer();
const outcomes = new Map<Cell, Outcome>();
const problems = new Map<Cell, readonly string[]>();

describe.each(cells.filter(({ everyday }) => isWhole || everyday === true))('$fault', (cell) => {
  afterEach(({ task }) => {
    problems.set(
      cell,
      (task.result?.errors ?? []).map(({ message }) => message.split('\n')[0] ?? ''),
    );
  });

  it.skipIf(cell.skip !== undefined)(`${cell.phase}: ${cell.done}`, async () => {
    await using trial = new Trial(cell, postgres.server.url);
    await trial.execute();
    const outcome = await judge(trial, postgres.server.url);
    outcomes.set(cell, outcome);
    expect(outcome.code).toBe(cell.expected.code);
  });
});

afterAll(() => {
  if (!isWhole) return;
  const page = fileURLToPath(new URL('../../../docs/reliability.md', import.meta.url));
  const earlier = existsSync(page) ? readFileSync(page, 'utf8') : '';
  // A run of some of them (-t) tells of them only.
  const tried = cells.filter((cell) => cell.skip !== undefined || problems.has(cell));
  const rows = new Map(tried.map((cell) => [cell, rowOf(cell, outcomes.get(cell), problems.get(cell) ?? [])]));
  writeFileSync(page, reliabilityDocument(cells, limits, rows, earlier));
});
