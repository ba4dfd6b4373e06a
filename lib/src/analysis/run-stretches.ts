import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn } from './columns.ts';
import type { Stretches } from './task-stretches.ts';

/** From when each accepted run was sent until the last of its tasks ended: it is in flight. Those of the warm-up are among them. */
export function runStretches({ runs, tasks, manifest }: Experiment): Stretches {
  const lastEndMs = new Map<number, number>();
  const endedTasks = new Map<number, number>();
  const runIndexes = numberColumn(tasks, 'runIndex');
  for (const [row, endMs] of numberColumn(tasks, 'finishedMs').entries()) {
    const run = runIndexes[row] ?? -1;
    if (Number.isNaN(endMs)) continue;
    endedTasks.set(run, (endedTasks.get(run) ?? 0) + 1);
    lastEndMs.set(run, Math.max(lastEndMs.get(run) ?? -Infinity, endMs));
  }
  const statuses = textColumn(runs, 'status');
  const isDone = (run: number): boolean => (endedTasks.get(run) ?? 0) >= manifest.config.tasks_per_workflow;
  return {
    fromMs: numberColumn(runs, 'sentMs').map((ms, row) => (statuses[row] === 'submitted' ? ms : Number.NaN)),
    toMs: numberColumn(runs, 'runIndex').map((run) => (isDone(run) ? (lastEndMs.get(run) ?? Number.NaN) : Number.NaN)),
  };
}
