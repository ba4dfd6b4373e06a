import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn, wholeColumn } from './columns.ts';
import { frameOf } from './frame.ts';
import { perExperiment } from './per-experiment.ts';

/** An execution of a task, by the evidence that it left. */
export interface Execution {
  /** When it was seen, epoch milliseconds: up to 50 ms after it began. */
  readonly atMs: number;
  readonly executionId: string;
}

/** The executions of each task in the order of time, by its key (`taskKey`); none without faults, and where tasks leave no evidence. */
export const taskExecutions = perExperiment((experiment: Experiment): ReadonlyMap<string, readonly Execution[]> => {
  const { executions, runs } = experiment;
  const { runIndex } = frameOf(experiment).runs;
  const indexOf = new Map(textColumn(runs, 'runId').map((runId, row) => [runId, runIndex[row] as number]));
  const atMs = numberColumn(executions, 'atMs');
  const taskIndex = wholeColumn(executions, 'taskIndex');
  const executionId = textColumn(executions, 'executionId');
  const found = new Map<string, Execution[]>();
  for (const [row, runId] of textColumn(executions, 'runId').entries()) {
    const key = taskKey(indexOf.get(runId) ?? -1, taskIndex[row] as number);
    const execution = { atMs: atMs[row] as number, executionId: executionId[row] ?? '' };
    const known = found.get(key);
    if (known) known.push(execution);
    else found.set(key, [execution]);
  }
  return found;
});

/** What a task is called: the index of its run in the schedule, and its own in the run, `12/0`. */
export function taskKey(runIndex: number, taskIndex: number): string {
  return `${runIndex}/${taskIndex}`;
}
