import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { waitRows } from './database-waits.ts';
import type { AlignedSeries } from './thin-series.ts';
import { waitName } from './wait-meanings.ts';

/** Most wait events are rare: so many are told apart, the others are one. */
const namedWaits = 4;

/**
 * How many active connections waited for what, at each reading of Postgres; seconds since `originMs`.
 *
 * The most frequent waits by name (`IO WalSync`, `Lock relation (jobs)`), the others together; `on CPU` are those that did not wait.
 */
export function waitSeries(experiment: Experiment, originMs: number): AlignedSeries {
  const readAtMs = numberColumn(experiment.postgres, 'atMs');
  const { atMs, connections, types, events, subjects } = waitRows(experiment);
  const names = types.map((type, row) => waitName(type, events[row] ?? '', subjects[row] ?? ''));
  const totals = new Map<string, number>();
  for (const [row, name] of names.entries()) totals.set(name, (totals.get(name) ?? 0) + (connections[row] ?? 0));
  const frequent = [...totals].filter(([name]) => name !== 'on CPU').sort(([, a], [, b]) => b - a);
  const shown = new Set(['on CPU', ...frequent.slice(0, namedWaits).map(([name]) => name)]);
  const columns = [...shown, ...(frequent.length > namedWaits ? ['other waits'] : [])];
  const indexOf = new Map(Array.from(readAtMs, (ms, index) => [ms, index]));
  const values = Object.fromEntries(columns.map((name) => [name, new Float64Array(readAtMs.length)]));
  for (const [row, name] of names.entries()) {
    const index = indexOf.get(atMs[row] ?? Number.NaN);
    const column = values[shown.has(name) ? name : 'other waits'];
    if (index !== undefined && column) column[index] = (column[index] ?? 0) + (connections[row] ?? 0);
  }
  return { times: readAtMs.map((ms) => (ms - originMs) / 1000), values };
}
