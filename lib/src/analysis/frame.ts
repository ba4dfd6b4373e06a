import type { Experiment } from '../results/experiment.ts';
import { categoryColumn, flagColumn, numberColumn, wholeColumn } from './columns.ts';
import { perExperiment } from './per-experiment.ts';

/** What is known of each run, by its row; epoch milliseconds. Not to be written to. */
export interface RunColumns {
  readonly count: number;
  readonly runIndex: Int32Array;
  readonly dueMs: Float64Array;
  /** From when response time counts: when it was due, in a closed loop, where a run is due when another ends, when it was sent. */
  readonly wantedMs: Float64Array;
  readonly sentMs: Float64Array;
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

const finished = taskStatuses.indexOf('finished');
const lost = taskStatuses.indexOf('lost');

/** The frame of an experiment. */
export const frameOf = perExperiment((experiment: Experiment): Frame => {
  const runs = runColumns(experiment);
  const { tasks } = experiment;
  const status = categoryColumn(tasks, 'status', taskStatuses);
  const run = rowsOfRuns(wholeColumn(tasks, 'runIndex'), runs.runIndex);
  const ends = { finished: 0, failed: 0, cancelled: 0, lost: 0 };
  const measured = new Int32Array(status.length);
  let count = 0;
  for (let row = 0; row < status.length; row++) {
    const code = status[row] as number;
    ends[taskStatuses[code] ?? taskStatuses[lost] ?? 'lost']++;
    if (code === finished && runs.warmUp[run[row] as number] !== 1) measured[count++] = row;
  }
  return {
    runs,
    tasks: {
      count: status.length,
      run,
      status,
      createdMs: numberColumn(tasks, 'createdMs'),
      dispatchedMs: numberColumn(tasks, 'dispatchedMs'),
      startedMs: numberColumn(tasks, 'startedMs'),
      finishedMs: numberColumn(tasks, 'finishedMs'),
    },
    ends,
    measured: measured.subarray(0, count),
  };
});

function runColumns({ runs, manifest }: Experiment): RunColumns {
  const { arrival } = manifest.config;
  const dueMs = numberColumn(runs, 'dueMs');
  const sentMs = numberColumn(runs, 'sentMs');
  return {
    count: dueMs.length,
    runIndex: wholeColumn(runs, 'runIndex'),
    dueMs,
    wantedMs: typeof arrival === 'object' && 'closed' in arrival ? sentMs : dueMs,
    sentMs,
    acknowledgedMs: numberColumn(runs, 'acknowledgedMs'),
    status: categoryColumn(runs, 'status', runStatuses),
    warmUp: flagColumn(runs, 'warmUp'),
  };
}

/** The row of each task's run. Runs are written as their submissions end, so mostly, but not always, each is where its index says. */
function rowsOfRuns(ofTasks: Int32Array, ofRuns: Int32Array): Int32Array {
  const rows = new Map<number, number>();
  const isDense = ofRuns.every((runIndex, row) => runIndex === row);
  if (isDense) return ofTasks.map((runIndex) => (runIndex < ofRuns.length ? runIndex : -1));
  const most = ofRuns.reduce((largest, runIndex) => Math.max(largest, runIndex), -1);
  // A table of rows by index, unless indexes are so far apart that it would be mostly empty.
  if (most < 4 * ofRuns.length + 1000) {
    const rowOf = new Int32Array(most + 1).fill(-1);
    for (const [row, runIndex] of ofRuns.entries()) rowOf[runIndex] = row;
    return ofTasks.map((runIndex) => rowOf[runIndex] ?? -1);
  }
  for (const [row, runIndex] of ofRuns.entries()) rows.set(runIndex, row);
  return ofTasks.map((runIndex) => rows.get(runIndex) ?? -1);
}

/** Tasks ended in one way. */
export function hasStatus(code: number, status: TaskStatus): boolean {
  return taskStatuses[code] === status;
}

/** Runs with a status, those of the warm-up too unless they are left out. */
export function countRuns({ runs }: Frame, status: RunStatus, isCounted: (row: number) => boolean = () => true): number {
  const wanted = runStatuses.indexOf(status);
  let count = 0;
  for (let row = 0; row < runs.count; row++) if (runs.status[row] === wanted && isCounted(row)) count++;
  return count;
}
