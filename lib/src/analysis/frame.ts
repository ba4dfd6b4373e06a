import { ableMs, notBeforeMs } from '../config/delay.ts';
import { isMixed, workflowsOf } from '../config/mixed.ts';
import type { Experiment } from '../results/experiment.ts';
import { categoryColumn, flagColumn, numberColumn, textColumn, wholeColumn } from './columns.ts';
import { perExperiment } from './per-experiment.ts';

/** What is known of each run, by its row; epoch milliseconds. Not to be written to. */
export interface RunColumns {
  readonly count: number;
  readonly runIndex: Int32Array;
  /** Index in `workflowsOf(config)`. */
  readonly workflow: Uint8Array;
  readonly dueMs: Float64Array;
  /**
   * From when response time counts: when it was due, in a closed loop, where a run is due when another ends, when it was sent; of a run with a delay, when it
   * asked to begin.
   */
  readonly wantedMs: Float64Array;
  readonly sentMs: Float64Array;
  /** When it asked to begin; NaN without a delay. */
  readonly notBeforeMs: Float64Array;
  readonly acknowledgedMs: Float64Array;
  /** Index in `runStatuses`. */
  readonly status: Uint8Array;
  /** 1: due in the warm-up, in no figure but the ledger. */
  readonly warmUp: Uint8Array;
}

/** What is known of each task, by its row; epoch milliseconds. Not to be written to. */
export interface TaskColumns {
  readonly count: number;
  /** Row of its run; -1 where there is none. */
  readonly run: Int32Array;
  /** Index in `taskStatuses`. */
  readonly status: Uint8Array;
  /** In a run with a delay, when it asked to begin, where it was created before: from then on it waits. */
  readonly createdMs: Float64Array;
  readonly dispatchedMs: Float64Array;
  readonly startedMs: Float64Array;
  readonly finishedMs: Float64Array;
}

/** The columns that figures are made of, typed and by row: read once, however many figures there are. */
export interface Frame {
  readonly runs: RunColumns;
  readonly tasks: TaskColumns;
  /** Tasks by how they ended, as the rows have it. */
  readonly ends: Readonly<Record<TaskStatus, number>>;
  /** Rows of the tasks that figures are of, ascending: they finished, and their run was due after the warm-up. */
  readonly measured: Int32Array;
}

/** A task whose status is none of these never ended. */
export const taskStatuses = ['finished', 'failed', 'cancelled', 'lost'] as const;
export const runStatuses = ['submitted', 'rejected', 'dropped'] as const;
export type TaskStatus = (typeof taskStatuses)[number];
export type RunStatus = (typeof runStatuses)[number];

/** What a finished task has in the column `status`. */
export const finishedCode = taskStatuses.indexOf('finished');
/** What an accepted run has in it. */
export const submittedCode = runStatuses.indexOf('submitted');

/** The frame of an experiment. */
export const frameOf = perExperiment((experiment: Experiment): Frame => {
  const runs = runColumns(experiment);
  const { tasks } = experiment;
  const status = categoryColumn(tasks, 'status', taskStatuses);
  const run = rowsOfRuns(wholeColumn(tasks, 'runIndex'), runs.runIndex);
  const byCode = new Uint32Array(256);
  const measured = new Int32Array(status.length);
  let count = 0;
  for (let row = 0; row < status.length; row++) {
    const code = status[row] as number;
    (byCode[code] as number)++;
    if (code === finishedCode && runs.warmUp[run[row] as number] !== 1) measured[count++] = row;
  }
  const [finished = 0, failed = 0, cancelled = 0] = byCode;
  const ends = { finished, failed, cancelled, lost: status.length - finished - failed - cancelled };
  return {
    runs,
    tasks: {
      count: status.length,
      run,
      status,
      createdMs: ableTimes(experiment, run, runs.notBeforeMs),
      dispatchedMs: numberColumn(tasks, 'dispatchedMs'),
      startedMs: numberColumn(tasks, 'startedMs'),
      finishedMs: numberColumn(tasks, 'finishedMs'),
    },
    ends,
    measured: measured.subarray(0, count),
  };
});

function runColumns(experiment: Experiment): RunColumns {
  const { runs } = experiment;
  const { config } = experiment.manifest;
  const { arrival, delay } = config;
  const dueMs = numberColumn(runs, 'dueMs');
  const sentMs = numberColumn(runs, 'sentMs');
  const askedMs = notBeforeTimes(experiment, sentMs);
  return {
    count: dueMs.length,
    runIndex: wholeColumn(runs, 'runIndex'),
    workflow: isMixed(config)
      ? categoryColumn(
          runs,
          'workflow',
          workflowsOf(config).map(({ name }) => name),
        )
      : new Uint8Array(dueMs.length),
    dueMs,
    wantedMs: delay === undefined ? (typeof arrival === 'object' && 'closed' in arrival ? sentMs : dueMs) : askedMs,
    sentMs,
    notBeforeMs: askedMs,
    acknowledgedMs: numberColumn(runs, 'acknowledgedMs'),
    status: categoryColumn(runs, 'status', runStatuses),
    warmUp: flagColumn(runs, 'warmUp'),
  };
}

/** When each run asked to begin; NaN for all without a delay. */
function notBeforeTimes({ runs, manifest }: Experiment, sentMs: Float64Array): Float64Array {
  const { delay } = manifest.config;
  if (delay === undefined) return new Float64Array(sentMs.length).fill(Number.NaN);
  const runIds = textColumn(runs, 'runId');
  return sentMs.map((ms, row) => notBeforeMs(delay, { runId: runIds[row] ?? '', sentMs: ms }));
}

/** When tasks could have been begun. */
function ableTimes({ tasks, manifest }: Experiment, run: Int32Array, askedMs: Float64Array): Float64Array {
  const createdMs = numberColumn(tasks, 'createdMs');
  if (manifest.config.delay === undefined) return createdMs;
  const dispatchedMs = numberColumn(tasks, 'dispatchedMs');
  return createdMs.map((ms, row) => ableMs(ms, askedMs[run[row] as number] ?? Number.NaN, dispatchedMs[row] as number));
}

/** The row of each task's run: runs are written as their submissions end, not always in the order of their indexes, which are those of a schedule. */
function rowsOfRuns(ofTasks: Int32Array, ofRuns: Int32Array): Int32Array {
  const size = ofRuns.reduce((largest, runIndex) => Math.max(largest, runIndex), -1) + 1;
  // A damaged file may have an index that an array of gigabytes would be for.
  const rowOf = size > 1e6 + 4 * ofRuns.length ? new Map<number, number>() : new Int32Array(size).fill(-1);
  if (rowOf instanceof Map) for (const [row, runIndex] of ofRuns.entries()) rowOf.set(runIndex, row);
  else for (let row = 0; row < ofRuns.length; row++) rowOf[ofRuns[row] as number] = row;
  const rows = new Int32Array(ofTasks.length);
  for (let task = 0; task < rows.length; task++) {
    const runIndex = ofTasks[task] as number;
    rows[task] = (rowOf instanceof Map ? rowOf.get(runIndex) : rowOf[runIndex]) ?? -1;
  }
  return rows;
}

/** Runs with a status, those of the warm-up too unless they are left out. */
export function countRuns({ runs }: Frame, status: RunStatus, isCounted: (row: number) => boolean = () => true): number {
  const wanted = runStatuses.indexOf(status);
  let count = 0;
  for (let row = 0; row < runs.count; row++) if (runs.status[row] === wanted && isCounted(row)) count++;
  return count;
}
