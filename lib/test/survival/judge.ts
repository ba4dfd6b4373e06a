import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import { connect } from '../../src/database/database-client.ts';
import { findExperimentDatabases } from '../../src/database/experiment-database.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { readManifest } from '../../src/results/manifest.ts';
import { temporaryDirectoryOf } from '../support/orchlab-command.ts';
import { waitUntil } from '../processes/wait-until.ts';
import type { Cell } from './cell.ts';
import type { Trial } from './trial.ts';

/** What a fault in a phase came to. */
export interface Outcome {
  readonly cell: Cell;
  readonly code: number;
  readonly seconds: number;
  /** What orchlab said of it, without what differs from one run to the next. */
  readonly message: string;
  readonly status: string;
}

/** Asserts all that a cell has to come to: its end, what is said, evidence that opens, and that nothing is left. */
export async function judge(trial: Trial, serverUrl: string): Promise<Outcome> {
  const { cell, result } = trial;
  const seconds = (performance.now() - trial.causedMs) / 1000;
  const { code, status, message, warning, withinSeconds } = cell.expected;
  const stderr = result?.stderr ?? '';
  const said = stderr.split('\n').filter((line) => line.startsWith('orchlab: '));
  await waitUntil('nothing is left', () => leftBy(trial).length === 0).catch(() => undefined);
  const directory = trial.directory();
  const found = directory === undefined ? undefined : await readManifest(directory).catch(() => ({ status: 'unreadable' }) as const);
  expect.soft({ code: codeOf(trial), status: found?.status ?? 'none' }, stderr).toEqual({ code, status });
  expect.soft(said.length, stderr).toBe(message ? 1 : 0);
  if (message) expect.soft(said[0]).toMatch(message);
  // A stack is for us, never for a user.
  expect.soft(stderr).not.toMatch(/\n\s+at /);
  expect.soft(leftBy(trial)).toEqual([]);
  if (withinSeconds !== undefined) expect.soft(seconds).toBeLessThan(withinSeconds);
  let warned = '';
  if (directory !== undefined && found !== undefined && found.status !== 'unreadable') {
    const experiment = await openExperiment(directory);
    if (warning) expect.soft(experiment.manifest.warnings).toContainEqual(expect.stringMatching(warning));
    warned = experiment.manifest.warnings.find((text) => warning?.test(text)) ?? '';
    if (['load', 'drain', 'collect', 'report'].includes(cell.phase) && (found.times.loadStartedMs ?? 0) > 0)
      expect.soft(experiment.runs.numRows()).toBeGreaterThan(0);
  }
  await cell.check?.(trial);
  await using client = await connect(serverUrl);
  // What is still connected a moment after the end is let go by then.
  await waitUntil('the database is dropped', async () => (await findExperimentDatabases(client)).length === 0).catch(() => undefined);
  expect.soft(await findExperimentDatabases(client)).toEqual([]);
  const text = said[0]?.slice('orchlab: '.length) ?? warned;
  return { cell, code: codeOf(trial), seconds, message: steady(text, trial), status: found?.status ?? 'none' };
}

/** As a shell has it: of a command that was killed 128 and the signal. */
function codeOf({ result }: Trial): number {
  return result?.code ?? (result?.signal === 'SIGKILL' ? 137 : -1);
}

function leftBy(trial: Trial): readonly string[] {
  const directories = readdirSync(temporaryDirectoryOf(trial.workspace.root)).filter((name) => name.startsWith('orchlab-'));
  return [...trial.processes(), ...directories];
}

/** Without paths, process ids, ports and names that are new each time. */
function steady(text: string, trial: Trial): string {
  return text
    .replaceAll(trial.workspace.root, '…')
    .replaceAll(/\d{4}-\d\d-\d\d[T_]\d\d[-:]\d\d[-:]\d\d\S*?(?=[\s:/,]|$)/g, '<experiment>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
    .replace(/its log ends: .*/, 'its log ends: …')
    .replaceAll(/\d+ MB of it/g, '<n> MB of it')
    .replaceAll(/set by (-?)\d+ ms/g, 'set by $1<n> ms')
    .replaceAll(/process \d+/g, 'process <pid>')
    .replaceAll(/…\/tmp\/orchlab-postgres-[0-9a-f]+/g, '…')
    .replaceAll(/orchlab_[a-z]+_[0-9a-f]{8}/g, 'orchlab_<name>')
    .replaceAll(/\/\S*\/(?=node\b)/g, '…/');
}
