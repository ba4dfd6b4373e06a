import type { Experiment } from '../results/experiment.ts';
import { notifyQueue } from '../results/tables.ts';
import { numberColumn, textColumn } from './columns.ts';
import { perExperiment } from './per-experiment.ts';
import { waitName } from './wait-meanings.ts';

/** What the connections to the experiment's database waited for inside Postgres; NaN for what was not sampled, or too little. */
export interface DatabaseWaits {
  /** Of the active connections, the share that waited (for a lock, a disk or another process), how many on average, and mostly for what. */
  readonly databaseWaitRatio: number;
  readonly databaseWaitingConnections: number;
  readonly databaseWaitEvent: string;
  /** The same without those by which the driver submits runs. */
  readonly engineWaitRatio: number;
  readonly engineWaitingConnections: number;
  readonly engineWaitEvent: string;
  /** The share of readings in which some connection, and one that is not for submitting runs, queued for the lock of commits that notify. */
  readonly notifyQueuedRatio: number;
  readonly engineNotifyQueuedRatio: number;
}

/** What the connections waited for, one row a reading, wait, subject and client. */
export interface WaitRows {
  readonly atMs: Float64Array;
  readonly connections: Float64Array;
  readonly types: readonly string[];
  readonly events: readonly string[];
  /** Of a lock, what was to be locked; empty where it is not known. */
  readonly subjects: readonly string[];
  readonly clients: readonly string[];
}

/** Waits that Postgres makes (IPC: for another backend, or for a standby to confirm); one for the client or a timer is not its own. */
const databaseWaitTypes: ReadonlySet<string> = new Set(['Lock', 'LWLock', 'IO', 'IPC', 'BufferPin']);

/** Fewer readings, or fewer active connections in all of them together, say nothing of a share of connections. */
const leastReadings = 10;
const leastConnections = 20;

/** The rows of the waits; results of before subjects and clients were read have the engine's without a subject. */
export const waitRows = perExperiment(({ waits }: Experiment): WaitRows => {
  const text = (name: string, otherwise: string): readonly string[] =>
    waits.columnNames().includes(name) ? textColumn(waits, name) : Array.from({ length: waits.numRows() }, () => otherwise);
  return {
    atMs: numberColumn(waits, 'atMs'),
    connections: numberColumn(waits, 'connections'),
    types: textColumn(waits, 'waitEventType'),
    events: textColumn(waits, 'waitEvent'),
    subjects: text('subject', ''),
    clients: text('client', 'engine'),
  };
});

/** True for waits that Postgres makes: for a lock, a disk, another process. */
export function isDatabaseWait(type: string): boolean {
  return databaseWaitTypes.has(type);
}

/** Over the readings from `fromMs` to `toMs`: of at least 10, with 20 active connections in them together. */
export function databaseWaits(experiment: Experiment, fromMs: number, toMs: number): DatabaseWaits {
  const { postgres } = experiment;
  const isIn = (atMs: number): boolean => atMs >= fromMs && atMs <= toMs;
  const total = (column: string): number => {
    const values = numberColumn(postgres, column);
    return numberColumn(postgres, 'atMs').reduce((sum, atMs, row) => sum + (isIn(atMs) ? (values[row] ?? 0) : 0), 0);
  };
  const readings = numberColumn(postgres, 'atMs').filter(isIn).length;
  const isEnough = readings >= leastReadings;
  const { atMs, connections, types, events, subjects, clients } = waitRows(experiment);
  const all = { waiting: 0, active: total('connectionsActive'), byName: new Map<string, number>(), queuedAt: new Set<number>() };
  const engine = { waiting: 0, active: all.active, byName: new Map<string, number>(), queuedAt: new Set<number>() };
  for (let row = 0; row < atMs.length; row++) {
    const ms = atMs[row] as number;
    const count = connections[row] as number;
    if (!isIn(ms)) continue;
    const isEngine = clients[row] !== 'submissions';
    if (!isEngine) engine.active -= count;
    if (!isDatabaseWait(types[row] ?? '')) continue;
    const name = waitName(types[row] ?? '', events[row] ?? '', subjects[row] ?? '');
    for (const some of isEngine ? [all, engine] : [all]) {
      some.waiting += count;
      some.byName.set(name, (some.byName.get(name) ?? 0) + count);
      if (subjects[row] === notifyQueue) some.queuedAt.add(ms);
    }
  }
  // Results of before wait events were read have the locks only.
  if (atMs.length === 0) all.waiting = engine.waiting = total('connectionsWaitingForLock');
  const figures = ({
    waiting,
    active,
    byName,
    queuedAt,
  }: typeof all): readonly [ratio: number, waiting: number, name: string, queued: number] => [
    isEnough && active >= leastConnections ? waiting / active : Number.NaN,
    isEnough ? waiting / readings : Number.NaN,
    [...byName].sort(([, one], [, other]) => other - one)[0]?.[0] ?? '',
    isEnough ? queuedAt.size / readings : Number.NaN,
  ];
  const [databaseWaitRatio, databaseWaitingConnections, databaseWaitEvent, notifyQueuedRatio] = figures(all);
  const [engineWaitRatio, engineWaitingConnections, engineWaitEvent, engineNotifyQueuedRatio] = figures(engine);
  return {
    databaseWaitRatio,
    databaseWaitingConnections,
    databaseWaitEvent,
    engineWaitRatio,
    engineWaitingConnections,
    engineWaitEvent,
    notifyQueuedRatio,
    engineNotifyQueuedRatio,
  };
}
