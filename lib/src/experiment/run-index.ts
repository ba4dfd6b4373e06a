import { notBeforeMs } from '../config/delay.ts';
import type { TaskDuration } from '../config/task-duration.ts';
import type { Sink } from '../results/rows.ts';
import type { Row, TableName } from '../results/tables.ts';
import { RunIds } from './run-ids.ts';
import { TaskPlaces } from './task-places.ts';

/** Two runs that the engine gave one id. */
export interface SharedRunId {
  readonly runId: string;
  readonly runIndexes: readonly [number, number];
}

/**
 * Which runs the driver submitted, which of their tasks have been accounted for, and how often each began.
 *
 * Some 60 bytes a run while the load lasts, and four a task from when the first is accounted for. It is a sink of the rows of runs.
 */
export class RunIndex implements Sink {
  private readonly indexById = new RunIds();
  /** By the id that they would have had. */
  private readonly rejected = new Map<string, Row<'runs'>>();
  private rejectedTaskCount = 0;
  /** Runs that the engine was found to have though its answer was lost. */
  adoptedRuns = 0;
  /** How much later than they are submitted runs ask to begin. */
  readonly delay: TaskDuration | undefined;
  private readonly tasksOf: (workflow: string) => number;
  private readonly places: TaskPlaces;
  private tasks = 0;
  private readonly isClosed: boolean;
  private readonly onSharedId: (shared: SharedRunId) => void;
  /** The first submission after the warm-up, whatever came of it: where analysis begins to count seconds (loadSpan). Infinity: none. */
  firstSentMs = Number.POSITIVE_INFINITY;
  /** From when the response time of each run counts, epoch milliseconds; NaN for those that are in no figure. */
  private wantedMs = new Float64Array(0);
  /** By run and task; empty while there are only runs to note, and made for all of them then. */
  private accounted = new Uint8Array(0);
  private open = new Uint8Array(0);
  private executions = new Uint16Array(0);
  /** Executions that failed, by the place of the task: few tasks have any. */
  private readonly failures = new Map<number, number>();

  /**
   * `tasksPerRun` is that of all runs, or tells that of each workflow. `isClosed`: whether the load is a closed loop, whose runs are wanted when they are sent.
   * `onSharedId` is told of each row whose id another has. `delay`: that of the config.
   */
  constructor(
    tasksPerRun: number | ((workflow: string) => number),
    isClosed = false,
    onSharedId: (shared: SharedRunId) => void = () => undefined,
    delay?: TaskDuration,
  ) {
    this.tasksOf = typeof tasksPerRun === 'number' ? () => tasksPerRun : tasksPerRun;
    this.places = new TaskPlaces(typeof tasksPerRun === 'number' ? tasksPerRun : undefined);
    this.isClosed = isClosed;
    this.onSharedId = onSharedId;
    this.delay = delay;
  }

  take<T extends TableName>(table: T, row: Row<T>): void {
    if (table !== 'runs') return;
    const run = row as Row<'runs'>;
    if (!run.warmUp && run.sentMs < this.firstSentMs) this.firstSentMs = run.sentMs;
    if (run.status === 'rejected' && run.runId !== '') {
      this.rejected.set(run.runId, run);
      // The engine may have it: then its tasks have their places like any other's.
      this.places.note(run.runIndex, this.tasksOf(run.workflow));
      this.rejectedTaskCount += this.tasksOf(run.workflow);
    }
    if (run.status !== 'submitted') return;
    const shared = this.add(run);
    if (shared) this.onSharedId(shared);
  }

  /** Notes a run that was submitted. Gives back the run that has its id already, if one has: their tasks can't be told apart. */
  add({
    runId,
    runIndex,
    dueMs,
    sentMs,
    warmUp,
    workflow,
  }: Pick<Row<'runs'>, 'runId' | 'runIndex' | 'dueMs' | 'sentMs' | 'warmUp' | 'workflow'>): SharedRunId | undefined {
    const twin = this.indexById.get(runId);
    if (twin !== undefined) return { runId, runIndexes: [twin, runIndex] };
    this.indexById.set(runId, runIndex);
    const tasks = this.tasksOf(workflow);
    this.places.note(runIndex, tasks);
    this.tasks += tasks;
    this.grow(runIndex + 1);
    const { delay, isClosed } = this;
    if (!warmUp) this.wantedMs[runIndex] = delay === undefined ? (isClosed ? sentMs : dueMs) : notBeforeMs(delay, { runId, sentMs });
    return undefined;
  }

  private grow(runs: number): void {
    if (runs <= this.wantedMs.length) return;
    const size = Math.max(runs, 2 * this.wantedMs.length);
    const { wantedMs } = this;
    (this.wantedMs = new Float64Array(size).fill(Number.NaN)).set(wantedMs);
  }

  /** Makes room for all tasks of the runs that there are. */
  private growTasks(): void {
    const size = this.places.countPlaces(this.wantedMs.length);
    if (size <= this.accounted.length) return;
    const { accounted, open, executions } = this;
    (this.accounted = new Uint8Array(size)).set(accounted);
    (this.open = new Uint8Array(size)).set(open);
    (this.executions = new Uint16Array(size)).set(executions);
  }

  /** From when its response time counts; undefined for a run of the warm-up, which is in no figure, and for one that the driver did not submit. */
  measuredWantedMs(runIndex: number): number | undefined {
    const wantedMs = this.wantedMs[runIndex] ?? Number.NaN;
    return Number.isNaN(wantedMs) ? undefined : wantedMs;
  }

  get submittedRuns(): number {
    return this.indexById.size;
  }

  get submittedTasks(): number {
    return this.tasks;
  }

  /** Tasks of the runs that were rejected, and that the engine was not found to have. */
  get rejectedTasks(): number {
    return this.rejectedTaskCount;
  }

  /** The run's index in the schedule; -1 when the driver did not submit it. One that the engine has though its answer was lost is submitted from now on. */
  indexOf(runId: string): number {
    const run = this.rejected.get(runId);
    if (run) {
      this.rejected.delete(runId);
      this.rejectedTaskCount -= this.tasksOf(run.workflow);
      this.adoptedRuns++;
      this.add(run);
    }
    return this.indexById.get(runId) ?? -1;
  }

  /** Notes that the engine has a row for this task. False when the driver asked for no such task, or it was accounted for before. */
  account(runIndex: number, taskIndex: number): boolean {
    const place = this.placeOf(runIndex, taskIndex);
    if (place < 0) return false;
    this.growTasks();
    if (this.accounted[place] !== 0) return false;
    this.accounted[place] = 1;
    return true;
  }

  /** Notes that the task had not ended when the experiment was over. */
  markOpen(runId: string, taskIndex: number): void {
    const place = this.placeOf(this.indexOf(runId), taskIndex);
    if (place < 0) return;
    this.growTasks();
    this.open[place] = 1;
  }

  wasOpen(runIndex: number, taskIndex: number): boolean {
    return this.open[this.placeOf(runIndex, taskIndex)] === 1;
  }

  /** Notes that a task began. False when the driver asked for no such task. */
  countExecution(runId: string, taskIndex: number): boolean {
    const place = this.placeOf(this.indexOf(runId), taskIndex);
    if (place < 0) return false;
    this.growTasks();
    this.executions[place] = Math.min(0xffff, (this.executions[place] ?? 0) + 1);
    return true;
  }

  /** Notes that an execution of a task failed by its own word. */
  countFailure(runId: string, taskIndex: number): void {
    const place = this.placeOf(this.indexOf(runId), taskIndex);
    if (place >= 0) this.failures.set(place, (this.failures.get(place) ?? 0) + 1);
  }

  /** Executions of the task that were too many: beyond the first, and beyond one for each that failed. */
  duplicatesOf(runIndex: number, taskIndex: number): number {
    const failures = this.failures.get(this.placeOf(runIndex, taskIndex)) ?? 0;
    return Math.max(0, this.executionsOf(runIndex, taskIndex) - failures - 1);
  }

  /** How often the task began, as far as it was counted (up to 65,535). */
  executionsOf(runIndex: number, taskIndex: number): number {
    return this.executions[this.placeOf(runIndex, taskIndex)] ?? 0;
  }

  /** The tasks that were submitted and that the engine has no row for. */
  *unaccounted(): Generator<{ readonly runIndex: number; readonly runId: string; readonly taskIndex: number }> {
    for (const [runId, runIndex] of this.indexById.entries()) {
      for (let taskIndex = 0; taskIndex < this.places.tasksOf(runIndex); taskIndex++) {
        if (this.accounted[this.placeOf(runIndex, taskIndex)] !== 1) yield { runIndex, runId, taskIndex };
      }
    }
  }

  private placeOf(runIndex: number, taskIndex: number): number {
    return this.places.placeOf(runIndex, taskIndex);
  }
}
