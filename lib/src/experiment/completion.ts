import type { Sink } from '../results/rows.ts';
import type { Row, TableName } from '../results/tables.ts';
import type { Target } from '../targets/target.ts';
import type { Clock } from '../timing/clock.ts';
import type { Ending } from './ending.ts';
import type { RunIndex } from './run-index.ts';

/** Counting all that has ended may take at most this share of the time. */
const dutyRatio = 0.05;

/**
 * Ends the experiment as done when the load is over and nothing of it is open any more: a sink of the counts.
 *
 * Where the target says that a run may not be seen at once (`countEnded`), as many tasks must have ended as were submitted, too.
 */
export class Completion implements Sink {
  private readonly target: Pick<Target, 'countEnded'>;
  private readonly runs: RunIndex;
  private readonly ending: Ending;
  private readonly clock: Clock;
  private isLoadOver = false;
  /** Not to be asked before, epoch milliseconds. */
  private nextAskMs = Number.NEGATIVE_INFINITY;

  constructor(parts: {
    readonly target: Pick<Target, 'countEnded'>;
    readonly runs: RunIndex;
    readonly ending: Ending;
    readonly clock: Clock;
  }) {
    this.target = parts.target;
    this.runs = parts.runs;
    this.ending = parts.ending;
    this.clock = parts.clock;
  }

  /** Nothing more is submitted. */
  loadIsOver(): void {
    this.isLoadOver = true;
  }

  take<T extends TableName>(table: T, row: Row<T>): void {
    if (table !== 'counts' || !this.isLoadOver || this.clock.nowMs() < this.nextAskMs) return;
    const { submittedRuns, openRuns, openTasks } = row as Row<'counts'>;
    // A count that began before the last run was accepted says nothing of it.
    if (submittedRuns < this.runs.submittedRuns || openRuns > 0 || openTasks > 0) return;
    if (!this.target.countEnded) this.ending.end('done', '');
    else {
      this.nextAskMs = Number.POSITIVE_INFINITY;
      void this.confirm(this.target.countEnded());
    }
  }

  private async confirm(counting: Promise<number>): Promise<void> {
    const beganMs = this.clock.nowMs();
    // One that fails is asked again: whether the database lives is asked elsewhere.
    const ended = await counting.catch(() => 0);
    if (ended >= this.runs.submittedTasks) this.ending.end('done', '');
    this.nextAskMs = beganMs + (this.clock.nowMs() - beganMs) / dutyRatio;
  }
}
