import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn } from './columns.ts';

/** What the connections to the experiment's database waited for inside Postgres; NaN for what was not sampled, or too little. */
export interface DatabaseWaits {
  /** Of the active connections, the share that waited (for a lock, a disk or another process), how many on average, and mostly for what. */
  readonly databaseWaitRatio: number;
  readonly databaseWaitingConnections: number;
  readonly databaseWaitEvent: string;
}

/** Waits that Postgres makes (IPC: for another backend, or for a standby to confirm); one for the client or a timer is not its own. */
const databaseWaitTypes: ReadonlySet<string> = new Set(['Lock', 'LWLock', 'IO', 'IPC', 'BufferPin']);

/** Fewer readings, or fewer active connections in all of them together, say nothing of a share of connections. */
const leastReadings = 10;
const leastConnections = 20;

/** Over the readings from `fromMs` to `toMs`: of at least 10, with 20 active connections in them together. */
export function databaseWaits({ postgres, waits }: Experiment, fromMs: number, toMs: number): DatabaseWaits {
  const isIn = (atMs: number): boolean => atMs >= fromMs && atMs <= toMs;
  const total = (column: string): number => {
    const values = numberColumn(postgres, column);
    return numberColumn(postgres, 'atMs').reduce((sum, atMs, row) => sum + (isIn(atMs) ? (values[row] ?? 0) : 0), 0);
  };
  const readings = numberColumn(postgres, 'atMs').filter(isIn).length;
  const byEvent = new Map<string, number>();
  const connections = numberColumn(waits, 'connections');
  const types = textColumn(waits, 'waitEventType');
  const events = textColumn(waits, 'waitEvent');
  for (const [row, atMs] of numberColumn(waits, 'atMs').entries()) {
    const type = types[row] ?? '';
    if (!isIn(atMs) || !databaseWaitTypes.has(type)) continue;
    const event = `${type} ${events[row] ?? ''}`;
    byEvent.set(event, (byEvent.get(event) ?? 0) + (connections[row] ?? 0));
  }
  const [first] = [...byEvent].sort(([, one], [, other]) => other - one);
  // Results of before wait events were read have the locks only.
  const waiting = waits.numRows() > 0 ? [...byEvent.values()].reduce((sum, count) => sum + count, 0) : total('connectionsWaitingForLock');
  const active = total('connectionsActive');
  return {
    databaseWaitRatio: readings >= leastReadings && active >= leastConnections ? waiting / active : Number.NaN,
    databaseWaitingConnections: readings >= leastReadings ? waiting / readings : Number.NaN,
    databaseWaitEvent: first?.[0] ?? '',
  };
}
