import { table } from 'arquero';
import { workflowsOf } from '../config/mixed.ts';
import { drawnSeconds } from '../config/task-duration.ts';
import { tellsEnds } from '../config/work.ts';
import type { Experiment } from '../results/experiment.ts';
import { textColumn, wholeColumn } from './columns.ts';
import { type Distribution, distribution } from './distribution.ts';
import type { FigureTable } from './figure-tables.ts';
import { finishedCode, frameOf } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
import { taskExecutions } from './task-executions.ts';

/**
 * Every execution of a task that told when it ended, one row each, in the order of tasks and then of time; no rows where the config neither draws the work of tasks
 * nor lets them be tried again. Runs of the warm-up are left out.
 *
 * Columns: runIndex, taskIndex, attempt (from 1, in the order of time), beganSeconds (since the first submission), workSeconds (by the task's own clock),
 * askedSeconds (what the config drew for the task), excessSeconds (work less asked), outcome, retryDelaySeconds (from the end of the attempt before, where that
 * failed; else NaN).
 */
export const executionsOf = perExperiment((experiment: Experiment): FigureTable<'executionsOf'> => {
  const workflows = workflowsOf(experiment.manifest.config);
  const { runs } = frameOf(experiment);
  const { originMs } = loadSpan(experiment);
  const runIds = new Map(textColumn(experiment.runs, 'runId').map((runId, row) => [runs.runIndex[row] as number, { runId, row }]));
  const rows = [...taskExecutions(experiment)].flatMap(([key, all]) => {
    const [runIndex = -1, taskIndex = -1] = key.split('/').map(Number);
    const run = runIds.get(runIndex);
    if (!run || runs.warmUp[run.row] === 1) return [];
    const askedSeconds = drawnSeconds(workflows[runs.workflow[run.row] as number]?.duration ?? Number.NaN, run.runId, taskIndex);
    return all.flatMap(({ beganMs, endedMs, outcome }, index) => {
      if (Number.isNaN(endedMs)) return [];
      const before = all[index - 1];
      const workSeconds = (endedMs - beganMs) / 1000;
      return [
        {
          runIndex,
          taskIndex,
          attempt: index + 1,
          beganSeconds: (beganMs - originMs) / 1000,
          workSeconds,
          askedSeconds,
          excessSeconds: workSeconds - askedSeconds,
          outcome,
          retryDelaySeconds: before?.outcome === 'failed' ? (beganMs - before.endedMs) / 1000 : Number.NaN,
        },
      ];
    });
  });
  const whole = ['runIndex', 'taskIndex', 'attempt'] as const;
  const seconds = ['beganSeconds', 'workSeconds', 'askedSeconds', 'excessSeconds'] as const;
  return table({
    ...Object.fromEntries(whole.map((name) => [name, Int32Array.from(rows, (row) => row[name])])),
    ...Object.fromEntries(seconds.map((name) => [name, Float64Array.from(rows, (row) => row[name])])),
    outcome: rows.map(({ outcome }) => outcome),
    retryDelaySeconds: Float64Array.from(rows, (row) => row.retryDelaySeconds),
  }) as FigureTable<'executionsOf'>;
});

/** What came of the work that was asked, and of the retries. */
export interface WorkFigures {
  /** Seconds, an execution. */
  readonly asked: Distribution;
  readonly excess: Distribution;
  /** Seconds, a retry. */
  readonly retryDelay: Distribution;
  /** Retry delay less recovery.retry_delay_seconds; of nothing where the config leaves that to the engine. */
  readonly retryExcess: Distribution;
  /** Executions of a task, of those that began, by their own evidence; NaN where they leave none. */
  readonly attemptsMean: number;
  readonly attemptsMost: number;
  /** Tasks that finished, of all executions. */
  readonly goodputRatio: number;
}

/** The figures of `executionsOf`, and how many executions the tasks took; undefined where the config asks for nothing that they would tell of. */
export const workFigures = perExperiment((experiment: Experiment): WorkFigures | undefined => {
  const { config } = experiment.manifest;
  if (!tellsEnds(config)) return undefined;
  const executions = executionsOf(experiment);
  const of = (name: 'askedSeconds' | 'excessSeconds' | 'retryDelaySeconds'): Float64Array => executions.array(name) as Float64Array;
  const askedDelaySeconds = config.recovery?.retry_delay_seconds ?? Number.NaN;
  const delays = of('retryDelaySeconds');
  return {
    asked: distribution(of('askedSeconds')),
    excess: distribution(of('excessSeconds')),
    retryDelay: distribution(delays),
    retryExcess: distribution(delays.map((delay) => delay - askedDelaySeconds)),
    ...attempts(experiment),
  };
});

function attempts(experiment: Experiment): Pick<WorkFigures, 'attemptsMean' | 'attemptsMost' | 'goodputRatio'> {
  const { runs, tasks } = frameOf(experiment);
  const executions = experiment.tasks.columnNames().includes('executions') ? wholeColumn(experiment.tasks, 'executions') : [];
  let [begun, all, most, finished] = [0, 0, 0, 0];
  for (let row = 0; row < tasks.count; row++) {
    const count = executions[row] ?? 0;
    if (count < 1 || runs.warmUp[tasks.run[row] as number] === 1) continue;
    begun++;
    all += count;
    most = Math.max(most, count);
    if (tasks.status[row] === finishedCode) finished++;
  }
  const known = begun > 0;
  return {
    attemptsMean: known ? all / begun : Number.NaN,
    attemptsMost: known ? most : Number.NaN,
    goodputRatio: known ? finished / all : Number.NaN,
  };
}
