import type { Row } from '../results/tables.ts';

/**
 * Which runs the driver submitted, which of their tasks have been accounted for, and how often each began.
 *
 * Three bytes a task: memory hardly grows with the number of tasks.
 */
export class RunIndex {
  private readonly indexById = new Map<string, number>();
  private readonly wantedMs = new Map<number, number>();
  private readonly tasksPerRun: number;
  private readonly isClosed: boolean;
  /** By run and task; they grow when a later run comes. */
  private accounted = new Uint8Array(0);
  private executions = new Uint16Array(0);

  /** `isClosed`: whether the load is a closed loop, whose runs are wanted when they are sent. */
  constructor(tasksPerRun: number, isClosed = false) {
    this.tasksPerRun = tasksPerRun;
    this.isClosed = isClosed;
  }

  add({ runId, runIndex, dueMs, sentMs, warmUp }: Pick<Row<'runs'>, 'runId' | 'runIndex' | 'dueMs' | 'sentMs' | 'warmUp'>): void {
    this.indexById.set(runId, runIndex);
    if (!warmUp) this.wantedMs.set(runIndex, this.isClosed ? sentMs : dueMs);
    const needed = (runIndex + 1) * this.tasksPerRun;
    if (needed <= this.accounted.length) return;
    const size = Math.max(needed, 2 * this.accounted.length);
    const { accounted, executions } = this;
    (this.accounted = new Uint8Array(size)).set(accounted);
    (this.executions = new Uint16Array(size)).set(executions);
  }

  /** From when its response time counts; undefined for a run of the warm-up, which is in no figure, and for one that the driver did not submit. */
  measuredWantedMs(runIndex: number): number | undefined {
    return this.wantedMs.get(runIndex);
  }

  get submittedTasks(): number {
    return this.indexById.size * this.tasksPerRun;
  }

  /** The run's index in the schedule; -1 when the driver did not submit it. */
  indexOf(runId: string): number {
    return this.indexById.get(runId) ?? -1;
  }

  /** Notes that the engine has a row for this task. False when the driver asked for no such task, or it was accounted for before. */
  account(runIndex: number, taskIndex: number): boolean {
    const place = this.placeOf(runIndex, taskIndex);
    if (place < 0 || this.accounted[place] !== 0) return false;
    this.accounted[place] = 1;
    return true;
  }

  /** Notes that a task began. False when the driver asked for no such task. */
  countExecution(runId: string, taskIndex: number): boolean {
    const place = this.placeOf(this.indexOf(runId), taskIndex);
    if (place < 0) return false;
    this.executions[place] = Math.min(0xffff, (this.executions[place] ?? 0) + 1);
    return true;
  }

  /** How often the task began, as far as it was counted (up to 65,535). */
  executionsOf(runIndex: number, taskIndex: number): number {
    return this.executions[this.placeOf(runIndex, taskIndex)] ?? 0;
  }

  /** The tasks that were submitted and that the engine has no row for. */
  *unaccounted(): Generator<{ readonly runIndex: number; readonly runId: string; readonly taskIndex: number }> {
    for (const [runId, runIndex] of this.indexById) {
      for (let taskIndex = 0; taskIndex < this.tasksPerRun; taskIndex++) {
        if (this.accounted[this.placeOf(runIndex, taskIndex)] === 0) yield { runIndex, runId, taskIndex };
      }
    }
  }

  private placeOf(runIndex: number, taskIndex: number): number {
    const isTask = runIndex >= 0 && Number.isInteger(taskIndex) && taskIndex >= 0 && taskIndex < this.tasksPerRun;
    return isTask ? runIndex * this.tasksPerRun + taskIndex : -1;
  }
}
