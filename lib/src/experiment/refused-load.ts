import { unwritableWords } from '../database/unwritable.ts';
import type { Sink } from '../results/rows.ts';
import type { Row, TableName } from '../results/tables.ts';

/** So long, and so many at least, have to be rejected one after the other: an engine may need a moment after its start, and a slow load sends few. */
const refusedMs = 10_000;
const fewestRuns = 10;

/**
 * Ends a load that can come to nothing: a sink of its runs. The engine has accepted none of them for 10 s, at least 10 in a row, and never one before, or Postgres says that nothing can be
 * written to it, which no engine gets over by itself.
 */
export class RefusedLoad implements Sink {
  private readonly onRefused: (reason: string) => void;
  private accepted = 0;
  private inARow = 0;
  private sinceMs = Number.NaN;

  constructor(onRefused: (reason: string) => void) {
    this.onRefused = onRefused;
  }

  take<T extends TableName>(table: T, row: Row<T>): void {
    if (table !== 'runs') return;
    const { status, error, sentMs, acknowledgedMs } = row as Row<'runs'>;
    if (status === 'submitted') {
      this.accepted++;
      this.inARow = 0;
    }
    if (status !== 'rejected') return;
    if (this.inARow++ === 0) this.sinceMs = sentMs;
    const seconds = (acknowledgedMs - this.sinceMs) / 1000;
    if (!(1000 * seconds >= refusedMs && this.inARow >= fewestRuns)) return;
    if (this.accepted > 0 && !unwritableWords(error)) return;
    const which = this.accepted > 0 ? 'no run any more' : 'no run';
    this.onRefused(
      `the engine accepted ${which} for ${seconds.toFixed(0)} s, and rejected ${this.inARow} in a row, the last with: ${error}`,
    );
  }
}
