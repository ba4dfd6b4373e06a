import { table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { waitRows } from './database-waits.ts';
import type { FigureTable } from './figure-tables.ts';
import { loadSpan } from './load-span.ts';
import { meaningOfWait, waitName } from './wait-meanings.ts';

export interface WaitsOptions {
  /** From where to where, since the first submission. Default: all that was sampled. */
  readonly fromSeconds?: number;
  readonly toSeconds?: number;
}

/**
 * What the active connections to the experiment's database waited for, most first, with what it means and what to do about it.
 *
 * Columns: wait (`Lock object (NOTIFY queue)`, `on CPU`), client (engine, or submissions: of the driver), connections (on average of the readings),
 * activeRatio (of the active connections of that client), readingsRatio (of the readings in which any waited for it), meaning, advice.
 */
export function waitsOf(experiment: Experiment, options: WaitsOptions = {}): FigureTable<'waitsOf'> {
  const { originMs } = loadSpan(experiment);
  const { fromSeconds = -Infinity, toSeconds = Infinity } = options;
  const isIn = (ms: number): boolean => ms >= originMs + 1000 * fromSeconds && ms < originMs + 1000 * toSeconds;
  const readings = numberColumn(experiment.postgres, 'atMs').filter(isIn).length;
  const { atMs, connections, types, events, subjects, clients } = waitRows(experiment);
  const sums = new Map<string, { wait: string; client: string; connections: number; readings: number; meaning: string; advice: string }>();
  const active = new Map<string, number>();
  for (let row = 0; row < atMs.length; row++) {
    if (!isIn(atMs[row] as number)) continue;
    const [type, event, subject, client] = [types[row] ?? '', events[row] ?? '', subjects[row] ?? '', clients[row] ?? ''];
    const wait = waitName(type, event, subject);
    const { meaning, advice } = meaningOfWait(type, event, subject);
    const sum = sums.get(`${client} ${wait}`) ?? { wait, client, connections: 0, readings: 0, meaning, advice };
    sum.connections += connections[row] as number;
    sum.readings++;
    sums.set(`${client} ${wait}`, sum);
    active.set(client, (active.get(client) ?? 0) + (connections[row] as number));
  }
  const all = [...sums.values()].toSorted((one, other) => other.connections - one.connections);
  return table({
    wait: all.map(({ wait }) => wait),
    client: all.map(({ client }) => client),
    connections: Float64Array.from(all, ({ connections: count }) => count / readings),
    activeRatio: Float64Array.from(all, ({ client, connections: count }) => count / (active.get(client) ?? Number.NaN)),
    readingsRatio: Float64Array.from(all, ({ readings: seen }) => seen / readings),
    meaning: all.map(({ meaning }) => meaning),
    advice: all.map(({ advice }) => advice),
  }) as FigureTable<'waitsOf'>;
}
