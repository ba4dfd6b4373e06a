import type { Experiment } from '../results/experiment.ts';
import { wholeColumn } from './columns.ts';
import { finishedCode, frameOf, submittedCode } from './frame.ts';
import { perExperiment } from './per-experiment.ts';

/** How an engine took up the backlog that its schedulers found when they started; NaN for what is not known, and where there was none. */
export interface StartBacklog {
  /** Tasks of the runs that the engine had accepted. */
  readonly tasks: number;
  readonly finished: number;
  /** From when the schedulers began to be started to when the first of these tasks was dispatched (where that is not told, started). */
  readonly firstClaimSeconds: number;
  /** To when the last of them ended; NaN where one did not. */
  readonly drainSeconds: number;
  /** Those that ended, between the first claim and the last end. */
  readonly tasksPerSecond: number;
  /** Executions beyond the first of each, by the tasks' own evidence. */
  readonly duplicates: number;
}

/** How many runs were submitted before the schedulers started: the first of the experiment. */
export function backlogRuns({ manifest }: Experiment): number {
  return manifest.config.backlog ?? 0;
}

/** The figures of the backlog that the config's `backlog` asks for. */
export const startBacklog = perExperiment((experiment: Experiment): StartBacklog => {
  const runs = backlogRuns(experiment);
  const unknown = Number.NaN;
  if (runs === 0)
    return {
      tasks: unknown,
      finished: unknown,
      firstClaimSeconds: unknown,
      drainSeconds: unknown,
      tasksPerSecond: unknown,
      duplicates: unknown,
    };
  const { runs: submitted, tasks } = frameOf(experiment);
  const { schedulerStartMs = unknown } = experiment.manifest.times;
  let accepted = 0;
  for (let row = 0; row < submitted.count; row++)
    if ((submitted.runIndex[row] as number) < runs && submitted.status[row] === submittedCode) accepted++;
  const runIndex = wholeColumn(experiment.tasks, 'runIndex');
  const executions = wholeColumn(experiment.tasks, 'executions');
  let [finished, ended, twice, evidenced] = [0, 0, 0, 0];
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for (let row = 0; row < tasks.count; row++) {
    if ((runIndex[row] as number) >= runs) continue;
    const [dispatchedMs, startedMs, endedMs] = [tasks.dispatchedMs[row], tasks.startedMs[row], tasks.finishedMs[row]] as [
      number,
      number,
      number,
    ];
    const claimedMs = Number.isNaN(dispatchedMs) ? startedMs : dispatchedMs;
    if (claimedMs < firstMs) firstMs = claimedMs;
    if (endedMs > lastMs) lastMs = endedMs;
    if (!Number.isNaN(endedMs)) ended++;
    if (tasks.status[row] === finishedCode) finished++;
    const count = executions[row] as number;
    if (count >= 0) evidenced++;
    if (count > 1) twice += count - 1;
  }
  const all = accepted * experiment.manifest.config.tasks_per_workflow;
  const since = (ms: number): number => (Number.isFinite(ms) ? (ms - schedulerStartMs) / 1000 : unknown);
  return {
    tasks: all,
    finished,
    firstClaimSeconds: since(firstMs),
    drainSeconds: ended === all ? since(lastMs) : unknown,
    tasksPerSecond: lastMs > firstMs ? ended / ((lastMs - firstMs) / 1000) : unknown,
    duplicates: evidenced === 0 ? unknown : twice,
  };
});
