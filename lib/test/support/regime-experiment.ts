import { seededRandom } from '../../src/random/seeded-random.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Row } from '../../src/results/tables.ts';
import { boundedPlaces } from '../../src/targets/target-profile.ts';
import { seededNormal } from '../statistics/simulate.ts';
import { replaceTables } from './build-experiment.ts';
import { handmadeExperiment, zeroMs } from './handmade-experiment.ts';

/** How it goes for some seconds: means, around which everything varies. */
export interface Part {
  readonly seconds: number;
  readonly tasksPerSecond: number;
  readonly postgresCores?: number;
  readonly otherCores?: number;
  readonly responseSeconds?: number;
  /** Connections that wait for NOTIFY's lock. */
  readonly waiting?: number;
}

interface RegimePlan {
  readonly seed: number;
  readonly parts: readonly Part[];
  /** Runs that are all due at once, or as their tasks need them. Default burst. */
  readonly arrival?: 'burst' | 'open';
  /** Deviation of each second's rate beyond chance (Poisson), which resembles the second before by 0.3. Default 0.1. */
  readonly noise?: number;
}

const sampleSeconds = 0.2;
const resemblance = 0.3;

/**
 * An experiment whose rate, CPU and waits change at known times, with the noise of real ones: tasks end by a Poisson process, whose rate varies and resembles
 * itself from second to second, CPU and waits do as well, and response times are lognormal. Runs of one task.
 */
export function regimeExperiment({ seed, parts, arrival = 'burst', noise = 0.1 }: RegimePlan): Experiment {
  const random = seededRandom(seed);
  const normal = seededNormal(seed + 1_000_000);
  /** About 1, by second. */
  const wandering = (deviation: number): (() => number) => {
    let value = normal();
    return () => Math.max(0.05, 1 + deviation * (value = resemblance * value + Math.sqrt(1 - resemblance ** 2) * normal()));
  };
  const rateNoise = wandering(noise);
  const cpuNoise = { postgres: wandering(noise), scheduler: wandering(noise), driver: wandering(noise), others: wandering(0.5) };
  const waitNoise = wandering(2 * noise);

  const tasks: Row<'tasks'>[] = [];
  const runs: Row<'runs'>[] = [];
  const processes: Row<'processes'>[] = [];
  const host: Row<'host'>[] = [];
  const postgres: Row<'postgres'>[] = [];
  const waits: Row<'waits'>[] = [];
  const cpu = { postgres: 0, scheduler: 0, driver: 0, others: 0 };
  let second = 0;
  for (const { seconds, tasksPerSecond, postgresCores = 0.4, otherCores = 0.02, responseSeconds = 0.05, waiting = 0 } of parts) {
    for (const endSecond = second + seconds; second < endSecond; second++) {
      const rate = tasksPerSecond * rateNoise();
      const cores = {
        postgres: postgresCores * cpuNoise.postgres(),
        scheduler: 0.3 * cpuNoise.scheduler(),
        driver: 0.05 * cpuNoise.driver(),
        others: otherCores * cpuNoise.others(),
      };
      for (let at = -Math.log(1 - random()) / rate; at < 1; at += -Math.log(1 - random()) / rate) {
        const finishedMs = 1000 * (second + at);
        const tookMs = 1000 * responseSeconds * Math.exp(0.5 * normal());
        const dueMs = arrival === 'burst' ? 0 : Math.max(0, finishedMs - tookMs);
        const startedMs = Math.max(dueMs, finishedMs - 0.5 * tookMs);
        const runIndex = runs.length;
        runs.push({
          ...runTimes(dueMs),
          runIndex,
          runId: `run-${runIndex}`,
          status: 'submitted',
          error: '',
          workflow: 'standard',
          warmUp: false,
        });
        tasks.push({
          runIndex,
          taskIndex: 0,
          status: 'finished',
          createdMs: zeroMs + dueMs,
          dispatchedMs: zeroMs + startedMs,
          startedMs: zeroMs + startedMs,
          finishedMs: zeroMs + finishedMs,
          attempts: 1,
          executions: 1,
        });
      }
      for (let step = 0; step < 1; step += sampleSeconds) {
        const atMs = zeroMs + 1000 * (second + step);
        for (const role of ['scheduler', 'postgres', 'driver'] as const) {
          processes.push({
            atMs,
            role,
            instance: 0,
            processCount: 1,
            rssBytes: 1e8,
            pssBytes: Number.NaN,
            wakeUps: Number.NaN,
            cpuSeconds: cpu[role],
          });
        }
        const cpuBusySeconds = cpu.postgres + cpu.scheduler + cpu.driver + cpu.others;
        host.push({ ...hostReading, atMs, cpuBusySeconds });
        for (const part of Object.keys(cpu) as (keyof typeof cpu)[]) cpu[part] += sampleSeconds * cores[part];
      }
      for (const step of [0.1, 0.6]) {
        const atMs = zeroMs + 1000 * (second + step);
        const connections = Math.round(waiting * waitNoise());
        postgres.push({ ...postgresReading, atMs, connectionsActive: connections + 1 });
        waits.push({ atMs, waitEventType: '', waitEvent: '', subject: '', client: 'engine', connections: 1 });
        if (connections > 0)
          waits.push({ atMs, waitEventType: 'Lock', waitEvent: 'object', subject: 'NOTIFY queue', client: 'engine', connections });
      }
    }
  }
  const base = handmadeExperiment({
    runs,
    tasks,
    processes,
    times: { loadStartedMs: 0, loadEndedMs: 1000 * second, drainedMs: 1000 * second, endedMs: 1000 * second },
  });
  const experiment = replaceTables(base, { host, postgres, waits, statements: [], statementReadings: [] });
  const config = { ...experiment.manifest.config, duration: 0.02, ...(arrival === 'open' && { arrival: { rate: 1 } }) };
  const target = { ...experiment.manifest.target, places: boundedPlaces('places', 20, 1) };
  return { ...experiment, manifest: { ...experiment.manifest, config: config as typeof experiment.manifest.config, target } };
}

function runTimes(dueMs: number): Pick<Row<'runs'>, 'dueMs' | 'sentMs' | 'acknowledgedMs'> {
  return { dueMs: zeroMs + dueMs, sentMs: zeroMs + dueMs, acknowledgedMs: zeroMs + dueMs };
}

const hostReading = {
  cpuStealSeconds: 0,
  cgroupCpuSeconds: Number.NaN,
  quotaPeriods: Number.NaN,
  throttledPeriods: Number.NaN,
  load1: 1,
  memoryAvailableBytes: 5e9,
};

const postgresReading = {
  readMs: 1,
  connectionsIdle: 5,
  connectionsIdleInTransaction: 0,
  connectionsWaitingForLock: 0,
  commits: 0,
  ownTransactions: 0,
  rollbacks: 0,
  walBytes: 0,
  databaseBytes: Number.NaN,
  tablesBytes: Number.NaN,
  liveTuples: Number.NaN,
  deadTuples: Number.NaN,
};
