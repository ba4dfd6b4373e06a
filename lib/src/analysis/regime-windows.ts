import { bisectLeft } from 'd3-array';
import type { Experiment } from '../results/experiment.ts';
import { type ArrivalKind, arrival } from './arrival.ts';
import { numberColumn } from './columns.ts';
import { counterRatesBetween } from './counter-rate.ts';
import { isDatabaseWait, waitRows } from './database-waits.ts';
import { finishedCode, frameOf } from './frame.ts';
import { busyColumn } from './host-rates.ts';
import { judgedSpan } from './limit-evidence.ts';
import { loadSpan } from './load-span.ts';
import { forEachPiece } from './number-pieces.ts';
import { type Role, furtherRoles, roleSeries, rolesOf } from './role-series.ts';
import { phasePieces } from './task-phases.ts';
import { waitName } from './wait-meanings.ts';
import { meanTaskSeconds } from '../config/mixed.ts';

/** A quantity by window, whose changes make regimes. */
export interface RegimeSeries {
  readonly kind: 'throughput' | 'response time' | 'CPU' | 'waits';
  /** The role of CPU, the wait of connections; empty for the others. */
  readonly subject: string;
  /** Tasks a second, seconds, cores, connections; NaN: not known. */
  readonly values: Float64Array;
  /** Added to what a ratio is taken of, so that changes next to nothing are none. */
  readonly floor: number;
}

/** Windows of equal width over the part of an experiment in which regimes are looked for. */
export interface RegimeWindows {
  readonly windowSeconds: number;
  /** Edges of the windows, one more than there are windows, epoch milliseconds. */
  readonly edgesMs: Float64Array;
  readonly series: readonly RegimeSeries[];
}

/** Widths that people count in. */
const widths = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];
/** More windows than this tell nothing more, and take longer. */
const mostWindows = 1000;
/** Fewer tasks in a window make a rate of steps. */
const leastTasksPerWindow = 5;
/** An engine that ends or takes tasks together, once in so long, does so at least twice in a window. */
const rhythmsPerWindow = 2;
/** Waits that are rarer than the first three, or than half a connection all along, are not looked at one by one. */
const namedWaits = 3;
const leastWaitingConnections = 0.5;
/** A role that never used so many cores in a window is no matter. */
const leastCores = 0.05;

/**
 * Throughput, response time (not in a burst, where it is the place in the queue), CPU by role and the most frequent waits of the database, by windows
 * from when the first task had finished to the end of what the verdict is of: start, tail and drain are left out.
 *
 * Windows are 1 s wide, and wider in long experiments, for tasks that take long, for an engine that polls slowly and where few tasks end.
 */
export function regimeWindows(experiment: Experiment): RegimeWindows {
  const { tasks } = frameOf(experiment);
  const { originMs, endMs } = loadSpan(experiment);
  // A time in a damaged file may be infinite: there are no windows up to there.
  const toMs = Math.min(judgedSpan(experiment).toMs, endMs);
  let [firstMs, finished] = [Infinity, 0];
  for (let row = 0; row < tasks.count; row++) {
    const ms = tasks.finishedMs[row] as number;
    if (tasks.status[row] !== finishedCode || ms > toMs || !(ms >= originMs)) continue;
    finished++;
    if (ms < firstMs) firstMs = ms;
  }
  const spanSeconds = Math.max(0, (toMs - Math.min(firstMs, toMs)) / 1000);
  const { config } = experiment.manifest;
  const rhythmSeconds = Math.max(meanTaskSeconds(config), config.scheduler.poll_interval_secs);
  const leastSeconds = Math.max(
    spanSeconds / mostWindows,
    rhythmsPerWindow * rhythmSeconds,
    finished > 0 ? (leastTasksPerWindow * spanSeconds) / finished : 0,
  );
  const windowSeconds = widths.find((width) => width >= leastSeconds) ?? leastSeconds;
  const windowMs = 1000 * windowSeconds;
  // Whole windows of the grid that tables and plots have, too.
  const first = Number.isFinite(firstMs) ? Math.ceil((firstMs - originMs) / windowMs) : 0;
  const last = Math.floor((toMs - originMs) / windowMs);
  const edgesMs = Float64Array.from({ length: Math.max(0, last - first) + 1 }, (_, index) => originMs + (first + index) * windowMs);
  const { kind } = arrival(experiment);
  return {
    windowSeconds,
    edgesMs,
    series: [
      // A task more or less in a window is no other level.
      { kind: 'throughput', subject: '', values: throughputBy(experiment, edgesMs), floor: 1 / windowSeconds },
      ...(isResponseOfTheEngine(kind)
        ? [{ kind: 'response time' as const, subject: '', values: responseBy(experiment, edgesMs), floor: 0.002 }]
        : []),
      ...cpuBy(experiment, edgesMs),
      ...waitsBy(experiment, edgesMs),
    ],
  };
}

function isResponseOfTheEngine(kind: ArrivalKind): boolean {
  return kind !== 'burst';
}

/** Finished tasks a second, those of the warm-up too. */
function throughputBy(experiment: Experiment, edgesMs: Float64Array): Float64Array {
  const { tasks } = frameOf(experiment);
  const counts = new Float64Array(edgesMs.length - 1);
  const windowMs = widthMs(edgesMs);
  for (let row = 0; row < tasks.count; row++) {
    if (tasks.status[row] !== finishedCode) continue;
    const window = Math.floor(((tasks.finishedMs[row] as number) - (edgesMs[0] as number)) / windowMs);
    if (window >= 0 && window < counts.length) (counts[window] as number)++;
  }
  return counts.map((count) => (1000 * count) / windowMs);
}

/** The mean of the tasks that finished in a window, in seconds. */
function responseBy(experiment: Experiment, edgesMs: Float64Array): Float64Array {
  const { tasks, measured } = frameOf(experiment);
  const counts = new Float64Array(edgesMs.length - 1);
  const sums = new Float64Array(edgesMs.length - 1);
  const windowMs = widthMs(edgesMs);
  forEachPiece(phasePieces(experiment, 'response'), (response, from) => {
    for (let index = 0; index < response.length; index++) {
      const window = Math.floor(((tasks.finishedMs[measured[from + index] as number] as number) - (edgesMs[0] as number)) / windowMs);
      const seconds = response[index] as number;
      if (!(window >= 0 && window < counts.length) || Number.isNaN(seconds)) continue;
      (counts[window] as number)++;
      sums[window] = (sums[window] as number) + seconds;
    }
  });
  return sums.map((sum, window) => sum / (counts[window] as number));
}

function cpuBy(experiment: Experiment, edgesMs: Float64Array): readonly RegimeSeries[] {
  const roles: readonly Role[] = ['postgres', 'scheduler', 'workers', ...furtherRoles(experiment)];
  const ratesOf = (role: Role): Float64Array => {
    const { atMs, cpuSeconds } = roleSeries(experiment, role);
    return counterRatesBetween(atMs, cpuSeconds, edgesMs);
  };
  const { host } = experiment;
  const busy = counterRatesBetween(numberColumn(host, 'atMs'), numberColumn(host, busyColumn(experiment)), edgesMs);
  const known = rolesOf(experiment).map(ratesOf);
  const others = busy.map((cores, window) => known.reduce((left, rates) => left - (rates[window] || 0), cores));
  return [...roles.map((role) => [role, ratesOf(role)] as const), ['other programs', others] as const].flatMap(([subject, values]) =>
    values.some((cores) => cores >= leastCores) ? [{ kind: 'CPU' as const, subject, values, floor: 0.2 }] : [],
  );
}

/** Connections that waited, on average of the readings in a window. */
function waitsBy(experiment: Experiment, edgesMs: Float64Array): readonly RegimeSeries[] {
  const windows = edgesMs.length - 1;
  const readings = new Float64Array(windows);
  const windowOf = (ms: number): number => bisectLeft(edgesMs, ms) - 1;
  for (const ms of numberColumn(experiment.postgres, 'atMs')) {
    const window = windowOf(ms);
    if (window >= 0 && window < windows) (readings[window] as number)++;
  }
  const byName = new Map<string, Float64Array>();
  const { atMs, connections, types, events, subjects } = waitRows(experiment);
  for (let row = 0; row < atMs.length; row++) {
    const window = windowOf(atMs[row] as number);
    if (!isDatabaseWait(types[row] ?? '') || !(window >= 0 && window < windows)) continue;
    const name = waitName(types[row] ?? '', events[row] ?? '', subjects[row] ?? '');
    let sums = byName.get(name);
    if (!sums) byName.set(name, (sums = new Float64Array(windows)));
    sums[window] = (sums[window] as number) + (connections[row] as number);
  }
  const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + (value || 0), 0) / windows;
  return [...byName]
    .map(([subject, sums]) => ({
      kind: 'waits' as const,
      subject,
      values: sums.map((sum, window) => sum / (readings[window] as number)),
      floor: 1,
    }))
    .filter(({ values }) => meanOf(values) >= leastWaitingConnections)
    .toSorted((one, other) => meanOf(other.values) - meanOf(one.values))
    .slice(0, namedWaits);
}

function widthMs(edgesMs: Float64Array): number {
  return (edgesMs[1] as number) - (edgesMs[0] as number);
}
