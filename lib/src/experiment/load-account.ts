import type { UnsentRuns } from '../load/drive.ts';
import type { RunRecord } from '../load/submissions.ts';
import { SharedCount } from '../processes/shared-count.ts';

/** Counts what became of the runs of a load, and why. */
export class LoadAccount {
  /** Runs that the engine has accepted: another thread counts what is open of them. */
  readonly accepted = new SharedCount();
  /** Tasks of those. */
  readonly acceptedTasks = new SharedCount();
  private readonly counts = { rejected: 0, dropped: 0 };
  private readonly dropped = new Map<string, number>();
  /** The rest of the load, that the end of the experiment kept from being sent. */
  unsent: UnsentRuns | undefined;
  private firstRejection = '';
  /** What the engine said to the last run that it rejected; empty: it rejected none. */
  lastRejection = '';

  /** A run of so many tasks. */
  add({ status, error }: RunRecord, tasks: number): void {
    if (status === 'submitted') {
      // The tasks first: a count that comes between is not to have a run without them.
      this.acceptedTasks.add(tasks);
      this.accepted.add();
    } else this.counts[status]++;
    if (status === 'rejected') {
      this.firstRejection ||= error;
      this.lastRejection = error;
    }
    if (status === 'dropped') this.dropped.set(error, (this.dropped.get(error) ?? 0) + 1);
  }

  get submitted(): number {
    return this.accepted.value;
  }

  /** Set when the engine took none of the runs that it was given. */
  get refusal(): string | undefined {
    if (this.submitted > 0 || this.counts.rejected === 0) return undefined;
    return `the engine rejected every run, the first with: ${this.firstRejection}`;
  }

  /** What the reader of the figures should know, a sentence each. */
  warnings(): string[] {
    const { submitted } = this;
    const { rejected, dropped } = this.counts;
    const unsent = this.unsent === undefined ? 0 : Number.isNaN(this.unsent.count) ? this.unsent.due : this.unsent.count;
    const total = submitted + rejected + dropped + unsent;
    return [
      ...(rejected > 0 ? [`The engine rejected ${rejected} of ${total} runs, the first with: ${this.firstRejection}`] : []),
      ...(unsent > 0 ? [`${unsent} of ${total} runs were not sent: the experiment ended before their turn.`] : []),
      ...[...this.dropped].map(([reason, count]) => `${count} of ${total} runs were dropped: ${reason}`),
    ];
  }
}
