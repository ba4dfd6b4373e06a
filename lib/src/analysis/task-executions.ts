import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn, wholeColumn } from './columns.ts';
import { frameOf } from './frame.ts';
import { perExperiment } from './per-experiment.ts';

/** An execution of a task, by the evidence that it left. */
export interface Execution {
  /** When it was seen, epoch milliseconds: up to 50 ms after it began. */
  readonly atMs: number;
  readonly executionId: string;
  /** By its own word, epoch milliseconds; NaN where it does not say so, or never came to its end. */
  readonly beganMs: number;
  readonly endedMs: number;
  readonly outcome: 'finished' | 'failed' | 'unknown';
}

/** The executions of each task in the order of time, by its key (`taskKey`); none where the config asks for nothing that makes several of them likely. */
export const taskExecutions = perExperiment((experiment: Experiment): ReadonlyMap<string, readonly Execution[]> => {
  const { executions, runs } = experiment;
  const { runIndex } = frameOf(experiment).runs;
  const indexOf = new Map(textColumn(runs, 'runId').map((runId, row) => [runId, runIndex[row] as number]));
  const atMs = numberColumn(executions, 'atMs');
  const taskIndex = wholeColumn(executions, 'taskIndex');
  const executionId = textColumn(executions, 'executionId');
  // Experiments of before executions told their ends have no such columns.
  const tellsEnds = executions.columnNames().includes('outcome');
  const [beganMs, endedMs] = ['beganMs', 'endedMs'].map((name) => (tellsEnds ? numberColumn(executions, name) : undefined));
  const outcomes = tellsEnds ? textColumn(executions, 'outcome') : undefined;
  const found = new Map<string, Execution[]>();
  for (const [row, runId] of textColumn(executions, 'runId').entries()) {
    const key = taskKey(indexOf.get(runId) ?? -1, taskIndex[row] as number);
    const execution = {
      atMs: atMs[row] as number,
      executionId: executionId[row] ?? '',
      beganMs: beganMs?.[row] ?? Number.NaN,
      endedMs: endedMs?.[row] ?? Number.NaN,
      outcome: (outcomes?.[row] ?? 'unknown') as Execution['outcome'],
    };
    const known = found.get(key);
    if (known) known.push(execution);
    else found.set(key, [execution]);
  }
  // Their rows come as they end.
  for (const all of found.values()) all.sort((one, other) => momentOf(one) - momentOf(other));
  return found;
});

function momentOf({ atMs, beganMs }: Execution): number {
  return Number.isNaN(beganMs) ? atMs : beganMs;
}

/** What a task is called: the index of its run in the schedule, and its own in the run, `12/0`. */
export function taskKey(runIndex: number, taskIndex: number): string {
  return `${runIndex}/${taskIndex}`;
}

/** Executions that came because the one before had failed by its own word, as a retry does: no duplicates. */
export function retryCount(experiment: Experiment): number {
  let retries = 0;
  for (const [key, all] of taskExecutions(experiment))
    if (!key.startsWith('-1/')) retries += Math.min(all.length - 1, all.filter(({ outcome }) => outcome === 'failed').length);
  return retries;
}
