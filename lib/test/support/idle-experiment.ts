import type { Experiment } from '../../src/results/experiment.ts';
import type { Row } from '../../src/results/tables.ts';
import { replaceTables } from './build-experiment.ts';
import { handmadeExperiment, reading, run, task, zeroMs } from './handmade-experiment.ts';

/** Where the phase lies, milliseconds after zero: its figures are of the last 20 s. */
const [startedMs, endedMs] = [1000, 31_000];

/**
 * An engine that does ten times as much in the first 10 s of its idle phase as in the 20 s that count: then 5 transactions (one of ten rolled back), 8 queries and
 * 2 KB of WAL a second; each of two schedulers takes 1 % of a core and is woken 20 times a second, Postgres 2 % and 40 times.
 */
export function idleExperiment(): Experiment {
  const moments = Array.from({ length: 33 }, (_, second) => second * 1000);
  /** A counter that rises by so much a second. */
  const counter = (perSecond: number, ms: number): number => {
    const busySeconds = Math.min(Math.max(0, ms - startedMs), 10_000) / 1000;
    const quietSeconds = Math.max(0, ms - startedMs) / 1000 - busySeconds;
    return perSecond * (10 * busySeconds + quietSeconds);
  };
  const processes = moments.flatMap((ms) => [
    ...[0, 1].map((instance) =>
      reading('scheduler', ms, { rss: 1e8, cpu: counter(0.01, ms), wakeUps: ms % 2000 === 1000 ? counter(20, ms) : Number.NaN, instance }),
    ),
    reading('workers', ms, { rss: 0, cpu: 0, count: 0 }),
    reading('postgres', ms, { rss: 1e8, cpu: counter(0.02, ms), wakeUps: counter(40, ms) }),
  ]);
  const base = handmadeExperiment({
    runs: [run(0, 32_000, 32_010, 'submitted', { due: 32_000 })],
    tasks: [task('finished', { created: 32_000, dispatched: 32_010, started: 32_010, finished: 32_100 })],
    processes,
    times: {
      schedulerReadyMs: 500,
      idleStartedMs: startedMs,
      idleSettledMs: startedMs + 10_000,
      idleEndedMs: endedMs,
      loadStartedMs: 31_900,
      drainedMs: 32_200,
    },
  });
  const postgres = moments.map((ms): Row<'postgres'> => ({
    ...base.postgres.objects()[0]!,
    atMs: zeroMs + ms,
    commits: counter(4.5, ms),
    rollbacks: counter(0.5, ms),
    walBytes: counter(2000, ms),
  }));
  // Read every other second, and where the figures begin and end.
  const readMs = [...moments.filter((ms) => ms % 2000 === 0), startedMs + 10_000, endedMs].toSorted((one, other) => one - other);
  const statementReadings = readMs.slice(1).map((ms, index): Row<'statementReadings'> => {
    const since = readMs[index] ?? 0;
    const calls = counter(8, ms) - counter(8, since) + (ms > endedMs ? 1000 : 0);
    return { atMs: zeroMs + ms, sinceMs: zeroMs + since, statementIndex: 0, calls, seconds: 0.01, rows: 0, blocks: 0 };
  });
  return replaceTables(base, { postgres, statements: [{ statementIndex: 0, query: 'SELECT poll()' }], statementReadings });
}
