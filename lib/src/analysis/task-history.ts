import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn, wholeColumn } from './columns.ts';
import { faultLedger, faultOutcomes } from './fault-ledger.ts';
import { frameOf, runStatuses, taskStatuses } from './frame.ts';
import { runSizes } from './run-sizes.ts';
import { loadSpan } from './load-span.ts';
import { taskExecutions, taskKey } from './task-executions.ts';

/** Something that is known of a task, or happened meanwhile. */
export interface TaskMoment {
  /** Since the first submission; NaN: not known when. */
  readonly atSeconds: number;
  readonly what: string;
  /** By whose word. */
  readonly source: 'driver' | 'engine' | 'task' | 'event';
}

export interface TaskHistory {
  /** `run index/task index`. */
  readonly task: string;
  readonly runId: string;
  /** How it ended, as the ledger has it. */
  readonly status: string;
  /** What faults did to it, in words; empty: nothing. */
  readonly outcomes: readonly string[];
  /** In the order of time; what has no time comes last. */
  readonly moments: readonly TaskMoment[];
}

/**
 * All that is known of one task, in the order of time: what the driver, the engine and the task itself said of it, and what was done to the experiment or happened in
 * Postgres meanwhile. `task` is `run index/task index` or `run id/task index`. Undefined where no run was submitted that has such a task.
 */
export function taskHistory(experiment: Experiment, task: string): TaskHistory | undefined {
  const { runs, tasks } = frameOf(experiment);
  const slash = task.lastIndexOf('/');
  const [runName, taskIndex] = slash < 0 ? [task, 0] : [task.slice(0, slash), Number(task.slice(slash + 1))];
  const runIds = textColumn(experiment.runs, 'runId');
  const byId = runIds.indexOf(runName);
  const run = byId >= 0 ? byId : /^\d+$/.test(runName) ? runs.runIndex.indexOf(Number(runName)) : -1;
  if (run < 0) return undefined;
  const indexes = wholeColumn(experiment.tasks, 'taskIndex');
  const row = tasks.run.findIndex((of, index) => of === run && indexes[index] === taskIndex);
  const submission = runStatuses[runs.status[run] as number] ?? 'submitted';
  if (row < 0 && submission === 'submitted' && !(taskIndex < runSizes(experiment).of(run))) return undefined;

  const { originMs, endMs } = loadSpan(experiment);
  const key = taskKey(runs.runIndex[run] as number, taskIndex);
  const error = textColumn(experiment.runs, 'error')[run] ?? '';
  const at = (ms: number | undefined): number => ((ms ?? Number.NaN) - originMs) / 1000;
  const known = (ms: number | undefined, what: string, source: TaskMoment['source']): readonly TaskMoment[] =>
    ms === undefined || Number.isNaN(ms) ? [] : [{ atSeconds: at(ms), what, source }];
  const status = row < 0 ? 'no row of it' : (taskStatuses[tasks.status[row] as number] ?? 'lost');
  const own = [
    ...known(runs.dueMs[run], 'its run was due', 'driver'),
    ...known(runs.sentMs[run], 'its run was sent', 'driver'),
    ...known(
      runs.acknowledgedMs[run],
      submission === 'submitted' ? 'the engine had accepted its run' : `its run was ${submission}: ${error}`,
      'driver',
    ),
    ...(row < 0
      ? []
      : [
          ...known(tasks.createdMs[row], 'created', 'engine'),
          ...known(tasks.dispatchedMs[row], 'dispatched', 'engine'),
          ...known(tasks.startedMs[row], 'started', 'engine'),
          ...known(tasks.finishedMs[row], status, 'engine'),
        ]),
    ...(taskExecutions(experiment).get(key) ?? []).flatMap(({ atMs, beganMs, endedMs, outcome, executionId }, index) => [
      ...known(Number.isNaN(beganMs) ? atMs : beganMs, `execution ${index + 1} began (${executionId})`, 'task'),
      ...known(endedMs, `execution ${index + 1} ${outcome}`, 'task'),
    ]),
  ];
  const fromSeconds = Math.min(...own.map(({ atSeconds }) => atSeconds));
  const lastSeconds = row >= 0 && Number.isFinite(tasks.finishedMs[row]) ? at(tasks.finishedMs[row]) : at(endMs);
  const end: readonly TaskMoment[] =
    lastSeconds === at(endMs) && !Number.isFinite(tasks.finishedMs[row] ?? Number.NaN)
      ? [{ atSeconds: lastSeconds, what: 'the experiment was over, and the engine had no end of it', source: 'engine' }]
      : [];
  const moments = [
    ...own,
    ...eventMoments(experiment, originMs).filter(({ atSeconds }) => atSeconds >= fromSeconds && atSeconds <= lastSeconds),
    ...end,
  ];
  const outcomes = faultLedger(experiment).flatMap((fault) =>
    faultOutcomes
      .filter((outcome) => fault.tasks[outcome].includes(key))
      .map((outcome) => `${words[outcome]} by ${fault.kind} of ${fault.subject} at ${fault.atSeconds.toFixed(2)} s`),
  );
  return {
    task: key,
    runId: runIds[run] ?? '',
    status,
    outcomes,
    moments: moments.toSorted((one, other) => one.atSeconds - other.atSeconds),
  };
}

const words = { lost: 'lost', stuck: 'left stuck', executedTwice: 'executed more than once', failed: 'failed', late: 'late' } as const;

function eventMoments({ events }: Experiment, originMs: number): readonly TaskMoment[] {
  const [kinds, subjects, details] = ['kind', 'subject', 'detail'].map((name) => textColumn(events, name));
  const [began, ended] = ['beganMs', 'endedMs'].map((name) => numberColumn(events, name));
  return (kinds ?? []).flatMap((kind, row): readonly TaskMoment[] => {
    const [from = Number.NaN, to = Number.NaN] = [began?.[row], ended?.[row]];
    const what = [kind, subjects?.[row]].filter(Boolean).join(' of ');
    const detail = details?.[row] ? ` (${details[row]})` : '';
    const moment = (ms: number, text: string): readonly TaskMoment[] =>
      Number.isNaN(ms) ? [] : [{ atSeconds: (ms - originMs) / 1000, what: text, source: 'event' }];
    return to - from > 100
      ? [...moment(from, `${what} began${detail}`), ...moment(to, `${what} ended`)]
      : moment(Number.isNaN(from) ? to : from, `${what}${detail}`);
  });
}
