import type { Row } from '../results/tables.ts';
import type { FollowedProcesses, ObservedProcesses } from './process-sampler.ts';

/** What the sampler thread is started with. */
export interface SamplerOptions {
  /** Holds the password: never shown or written. */
  readonly databaseUrl: string;
  readonly intervalMs: number;
  readonly processes: ObservedProcesses;
  /** Counts the transactions of orchlab's own; the sampler adds its own. */
  readonly ownTransactions: SharedArrayBuffer;
}

/** What the thread is told: processes that took the place of others, to read the statements now, or to take its last samples. */
export type ToSamplerThread =
  | { readonly type: 'follow'; readonly processes: FollowedProcesses }
  | { readonly type: 'read-statements' }
  | { readonly type: 'stop' };

/** The tables that the thread samples. */
const sampledTables = ['processes', 'host', 'postgres', 'tableSizes', 'waits', 'statements', 'statementReadings', 'events'] as const;

export type SampledTable = (typeof sampledTables)[number];

export type SampledRows = { readonly [T in SampledTable]: Row<T>[] };

export type SamplerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'statements-read' }
  | { readonly type: 'rows'; readonly rows: SampledRows }
  | { readonly type: 'stopped'; readonly warnings: readonly string[] };

export function noRows(): SampledRows {
  return Object.fromEntries(sampledTables.map((table) => [table, []])) as unknown as SampledRows;
}
