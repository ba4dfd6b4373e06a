import pg from 'pg';
import type { PerfConfig } from '../config/perf-config.ts';
import { hostReader } from '../sampling/host-sampler.ts';
import { postgresReader } from '../sampling/postgres-sampler.ts';
import { type ObservedProcesses, processReader } from '../sampling/process-sampler.ts';
import { type Sampler, sampleEvery } from '../sampling/sample-every.ts';
import type { Target } from '../targets/target.ts';
import type { Clock } from '../timing/clock.ts';
import type { LiveState } from './live-state.ts';
import type { Recorder } from './recorder.ts';

/** The database is asked for its own statistics less often: each reading looks at every backend. */
const postgresIntervalMs = 500;
/** Counting costs more with every task: it may take at most this share of the time. */
const countsDutyRatio = 0.05;

export interface SampledExperiment {
  readonly config: PerfConfig;
  readonly target: Target;
  readonly databaseUrl: string;
  readonly processes: ObservedProcesses;
  readonly recorder: Recorder;
  readonly live: LiveState;
  readonly clock: Clock;
  /** Called after each count of the tasks. */
  readonly onCounts: () => void;
}

export interface Sampling {
  /** Takes the last samples; resolves with a sentence for each sampler that had failures. */
  stop(): Promise<readonly string[]>;
}

/** Starts all samplers of an experiment; what they read goes to its tables and to the live state. */
export function sampleExperiment({ config, target, databaseUrl, processes, recorder, live, clock, onCounts }: SampledExperiment): Sampling {
  const intervalMs = config.sample_interval * 1000;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1, application_name: 'orchlab sampler' });
  pool.on('error', () => undefined); // shows in the next reading
  const failures = new Map<string, { count: number; first: string }>();
  const start = (
    name: string,
    options: { readonly intervalMs: number; readonly dutyRatio?: number },
    read: () => Promise<void> | void,
  ): Sampler =>
    sampleEvery({
      ...options,
      clock,
      read,
      onError(error) {
        const known = failures.get(name) ?? { count: 0, first: error instanceof Error ? error.message : String(error) };
        failures.set(name, { ...known, count: known.count + 1 });
      },
    });

  const readProcesses = processReader(processes, clock);
  const readHost = hostReader(clock);
  const readPostgres = postgresReader(pool, clock);
  const samplers = [
    start('processes', { intervalMs }, async () => {
      const rows = await readProcesses();
      for (const row of rows) recorder.append('processes', row);
      live.processesRead(rows);
    }),
    start('counts', { intervalMs, dutyRatio: countsDutyRatio }, async () => {
      const atMs = clock.nowMs();
      const counts = await target.countTasks();
      recorder.append('counts', { atMs, readMs: clock.nowMs() - atMs, ...counts });
      live.countsRead(atMs, counts);
      onCounts();
    }),
    start('postgres', { intervalMs: Math.max(intervalMs, postgresIntervalMs) }, async () =>
      recorder.append('postgres', await readPostgres()),
    ),
    start('host', { intervalMs }, () => recorder.append('host', readHost())),
  ];
  return {
    async stop() {
      await Promise.all(samplers.map(async (sampler) => sampler.stop()));
      await pool.end();
      return [...failures].map(([name, { count, first }]) => `${count} readings of ${name} failed, the first with: ${first}`);
    },
  };
}
