import type { PerfConfig } from '../config/perf-config.ts';
import type { ObservedProcesses } from '../sampling/process-sampler.ts';
import { ReadingFailures } from '../sampling/reading-failures.ts';
import { sampleEvery } from '../sampling/sample-every.ts';
import { startSamplerThread } from '../sampling/start-sampler-thread.ts';
import { answerLimitSeconds } from '../targets/target-pool.ts';
import type { Target } from '../targets/target.ts';
import type { Clock } from '../timing/clock.ts';
import { withLimit } from '../timing/with-limit.ts';
import type { LiveState } from './live-state.ts';
import type { Recorder } from './recorder.ts';

/**
 * As often as progress is drawn: only that, and the end of the experiment, come from counts. Every figure comes from the tasks' own
 * times, and ten counts a second were most of what the driver itself cost.
 */
const countIntervalMs = 250;
/** A long experiment is counted more rarely: each pause is at most this share of how long it has lasted, and a second at most. */
const countPauseRatio = 1 / 40;
const longestCountPauseMs = 1000;
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
export async function sampleExperiment(experiment: SampledExperiment): Promise<Sampling> {
  const { config, target, databaseUrl, processes, recorder, live, clock, onCounts } = experiment;
  const intervalMs = config.sample_interval * 1000;
  const thread = await startSamplerThread({ databaseUrl, intervalMs, processes }, (rows) => {
    for (const row of rows.processes) recorder.append('processes', row);
    for (const row of rows.host) recorder.append('host', row);
    for (const row of rows.postgres) recorder.append('postgres', row);
    for (const row of rows.waits) recorder.append('waits', row);
    for (const row of rows.statements) recorder.append('statements', row);
    live.processesRead(rows.processes);
  });
  const failures = new ReadingFailures();
  const noteFailure = failures.of('counts');
  const startMs = clock.nowMs();
  // The target is the driver's: its tasks are counted here.
  const counts = sampleEvery({
    intervalMs: Math.max(intervalMs, countIntervalMs),
    dutyRatio: countsDutyRatio,
    leastPauseMs: () => Math.min((clock.nowMs() - startMs) * countPauseRatio, longestCountPauseMs),
    clock,
    // Whether the database lives is asked elsewhere (watch-database.ts): a count that fails or is slow ends nothing.
    onError: noteFailure,
    async read() {
      const atMs = clock.nowMs();
      const found = await withLimit(target.countTasks(), answerLimitSeconds, 'counting the tasks');
      recorder.append('counts', { atMs, readMs: clock.nowMs() - atMs, ...found });
      live.countsRead(atMs, found);
      onCounts();
    },
  });
  return {
    async stop() {
      const [warnings] = await Promise.all([thread.stop(), counts.stop()]);
      return [...failures.warnings(), ...warnings];
    },
  };
}
