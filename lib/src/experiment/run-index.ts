import type { Row } from '../results/tables.ts';

/** Which runs the driver submitted, and which of their tasks have been accounted for. */
export class RunIndex {
  private readonly indexById = new Map<string, number>();
  private readonly accounted = new Map<number, Uint8Array>();
  private readonly dueMs = new Map<number, number>();
  private readonly tasksPerRun: number;
  private firstSent = Number.NaN;

  constructor(tasksPerRun: number) {
    this.tasksPerRun = tasksPerRun;
  }

  add({ runId, runIndex, dueMs, sentMs, warmUp }: Pick<Row<'runs'>, 'runId' | 'runIndex' | 'dueMs' | 'sentMs' | 'warmUp'>): void {
    this.indexById.set(runId, runIndex);
    if (!warmUp) {
      this.dueMs.set(runIndex, dueMs);
      if (!(sentMs >= this.firstSent)) this.firstSent = sentMs;
    }
    this.accounted.set(runIndex, new Uint8Array(this.tasksPerRun));
  }

  /** When the first run after the warm-up was sent; NaN when there was none. */
  get firstSentMs(): number {
    return this.firstSent;
  }

  /** When the run was due; undefined for one of the warm-up, which is in no figure, and for one that the driver did not submit. */
  measuredDueMs(runIndex: number): number | undefined {
    return this.dueMs.get(runIndex);
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
    const tasks = this.accounted.get(runIndex);
    if (tasks?.[taskIndex] !== 0) return false;
    tasks[taskIndex] = 1;
    return true;
  }

  /** The tasks that were submitted and that the engine has no row for. */
  *unaccounted(): Generator<{ readonly runIndex: number; readonly runId: string; readonly taskIndex: number }> {
    for (const [runId, runIndex] of this.indexById) {
      const tasks = this.accounted.get(runIndex);
      for (let taskIndex = 0; taskIndex < this.tasksPerRun; taskIndex++) {
        if (tasks?.[taskIndex] === 0) yield { runIndex, runId, taskIndex };
      }
    }
  }
}
