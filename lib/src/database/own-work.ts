import type { Pool } from 'pg';
import { SharedCount } from '../processes/shared-count.ts';

/** How the names of all connections of orchlab's own begin (application_name): what they do is in no figure of the engine. */
export const ownApplication = 'orchlab';

/** Marks orchlab's own statements, behind their first word, so that they can be left out of the experiment's. */
export const ownStatementMark = '/* orchlab */';

/** The name of the connections by which an engine's client submits runs: that is the engine's work, done by the driver. */
export const submissionApplication = 'submissions';

/** Transactions of orchlab's own, counted by this process and its threads. */
export class OwnTransactions extends SharedCount {
  /** Counts what goes through `pool`: a statement, or a connection that was taken and given back, is one transaction; connecting is one, too. */
  countPool(pool: Pool): void {
    pool.on('connect', () => this.add());
    pool.on('release', () => this.add());
  }
}

/** Those of this process. */
export const ownTransactions = new OwnTransactions();
