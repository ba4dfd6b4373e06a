import type { Sink } from '../results/rows.ts';
import type { Row, TableName } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';
import type { Ending } from './ending.ts';

const lookMs = 200;

export interface SettlingOptions {
  readonly ending: Ending;
  readonly clock: Clock;
  /** Nothing has to have ended for so long. */
  readonly seconds: number;
  readonly faults: { readonly isIdle: boolean; readonly lastMs: number };
}

/**
 * Ends an experiment with faults as done though tasks are open: when load and faults are over and none has ended for a given time. A sink of
 * the counts. What a fault has left stuck would never end, and is what one wants to know.
 */
export class Settling implements Sink, Disposable {
  private readonly options: SettlingOptions;
  private timer: NodeJS.Timeout | undefined;
  private endedTasks = -1;
  private changedMs = Number.NaN;
  /** Whether it was what ended the experiment. */
  hasGivenUp = false;

  constructor(options: SettlingOptions) {
    this.options = options;
  }

  loadIsOver(): void {
    this.changedMs = this.options.clock.nowMs();
    this.timer = setInterval(() => this.look(), lookMs);
  }

  take<T extends TableName>(table: T, row: Row<T>): void {
    if (table !== 'counts') return;
    const { submittedTasks, openTasks } = row as Row<'counts'>;
    const endedTasks = submittedTasks - openTasks;
    if (endedTasks !== this.endedTasks) this.changedMs = this.options.clock.nowMs();
    this.endedTasks = endedTasks;
  }

  private look(): void {
    const { ending, clock, seconds, faults } = this.options;
    const sinceMs = Number.isNaN(faults.lastMs) ? Number.POSITIVE_INFINITY : Math.max(this.changedMs, faults.lastMs);
    if (ending.outcome || !faults.isIdle || clock.nowMs() - sinceMs < 1000 * seconds) return;
    this.hasGivenUp = true;
    ending.end('done', '');
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }
}
