/**
 * What does being watched cost? `node bench/overhead.ts [--target dbos] [--pairs 5] [--only process|inline|workers|closed]`
 *
 * The bare engine (its own scheduler process, driven by the smallest possible loop: submit, and wait until done) against the same under
 * orchlab with everything sampled, in turns and in pairs, each on a fresh database of one server. Tasks per second are from the engine's
 * own tables in both: tasks over the time from the first creation to the last finish. Then the CPU of driver and sampler while 100
 * worker processes live; and in a closed loop, where orchlab asks up to 200 times a second which runs have ended, what that costs Postgres.
 * Aims: a ratio of 0.97 or better, and under 3 % of one core.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { summarize } from '../lib/src/analysis/summarize.ts';
import { createConfig } from '../lib/src/config/load-config.ts';
import { type PerfConfig, type PerfConfigFile, taskTotal } from '../lib/src/config/perf-config.ts';
import { describeDuration } from '../lib/src/config/task-duration.ts';
import { findWorkspace } from '../lib/src/config/workspace.ts';
import type { DatabaseServer } from '../lib/src/database/database-server.ts';
import { createExperimentDatabase } from '../lib/src/database/open-database.ts';
import { startPrivateServer } from '../lib/src/database/private-server.ts';
import { killGroupsWith, startGuard } from '../lib/src/processes/guard.ts';
import { type Experiment, openExperiment } from '../lib/src/results/experiment.ts';
import { executeInChild } from '../lib/src/run/experiment-child.ts';
import { openCounter } from '../lib/src/targets/open-counter.ts';
import { findTarget } from '../lib/src/targets/registry.ts';
import type { TaskRow } from '../lib/src/targets/target.ts';
import { taskSpec } from '../lib/src/targets/task-spec.ts';

const { values: options } = parseArgs({
  options: { target: { type: 'string', default: 'dbos' }, pairs: { type: 'string', default: '5' }, only: { type: 'string' } },
});
const pairs = Number(options.pairs);
const results = mkdtempSync(join(tmpdir(), 'orchlab-overhead-'));
const workspace = { ...findWorkspace(import.meta.dirname), results };

const loads = {
  process: { workflows: 400, tasks_per_workflow: 5, duration: 0.03, executor: 'process' },
  inline: { workflows: 200, tasks_per_workflow: 5, duration: 0, executor: 'inline' },
} as const;

await using guard = startGuard();
await using server = await startPrivateServer({ guard });
// The experiment's process finds the same server by it.
process.env['DATABASE_URL'] = server.url;
try {
  for (const [name, load] of Object.entries(loads)) {
    if (options.only === undefined || options.only === name) await compare(name, configOf(load));
  }
  if (options.only === undefined || options.only === 'workers') await watchWorkers();
  if (options.only === undefined || options.only === 'closed') await watchClosedLoop();
} finally {
  rmSync(results, { recursive: true });
}

function configOf(load: Partial<PerfConfigFile> & Pick<PerfConfigFile, 'workflows' | 'tasks_per_workflow' | 'duration'>): PerfConfig {
  return createConfig({ target: options.target, ...load, scheduler: { poll_interval_secs: 0.1, ...load.scheduler } });
}

async function compare(name: string, config: PerfConfig): Promise<void> {
  console.log(`${name}: ${taskTotal(config)} tasks of ${describeDuration(config.duration)} on ${config.target}`);
  await bareRate(config, server); // the first of all finds cold caches
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    // Who goes first alternates, so that whatever drifts hits both.
    const rates = { bare: 0, lab: 0 };
    for (const who of pair % 2 === 0 ? (['bare', 'lab'] as const) : (['lab', 'bare'] as const))
      rates[who] = who === 'bare' ? await bareRate(config, server) : await labRate(config);
    ratios.push(rates.lab / rates.bare);
    console.log(
      `  pair ${pair + 1}: bare ${rates.bare.toFixed(1)}, orchlab ${rates.lab.toFixed(1)} tasks/s, ratio ${(rates.lab / rates.bare).toFixed(3)}`,
    );
  }
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  const median = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? Number.NaN;
  console.log(`  ratio: median ${median.toFixed(3)}, geometric mean ${mean.toFixed(3)} (aim: 0.97 or better)`);
}

async function bareRate(config: PerfConfig, on: DatabaseServer): Promise<number> {
  await using database = await createExperimentDatabase(on, 'bare');
  const createTarget = await findTarget(config, workspace);
  const task = taskSpec(config, workspace);
  await using target = await createTarget({
    config,
    databaseUrl: database.url,
    task,
    logDirectory: results,
    temporaryDirectory: results,
    protect: killGroupsWith(guard),
  });
  await target.prepare();
  const scheduler = await target.startScheduler(0);
  const runCount = taskTotal(config) / config.tasks_per_workflow;
  let next = 0;
  const submitter = async (): Promise<void> => {
    while (next < runCount) await target.submit({ runIndex: next++, taskCount: config.tasks_per_workflow, runId: randomUUID() });
  };
  await Promise.all(Array.from({ length: config.submit_concurrency }, submitter));
  await using counter = openCounter(target.open, database.url);
  while ((await counter.count(runCount)).tasks > 0) await delay(250);
  await scheduler.stop();
  const rows: TaskRow[] = [];
  for await (const batch of target.readTasks()) rows.push(...batch);
  return rateOf(rows);
}

async function labRate(config: PerfConfig): Promise<number> {
  return rateOf((await labExperiment(config)).tasks.objects());
}

async function labExperiment(config: PerfConfig): Promise<Experiment> {
  const { directory, status, reason } = await executeInChild({ config, workspace, keepDatabase: false }, { onProgress: () => undefined });
  if (status !== 'done') throw new Error(`bench/overhead.ts: expected an experiment that is done, got ${status}: ${reason}`);
  return openExperiment(directory);
}

function rateOf(rows: readonly Pick<TaskRow, 'createdMs' | 'finishedMs'>[]): number {
  const first = rows.reduce((least, { createdMs }) => Math.min(least, createdMs), Infinity);
  const last = rows.reduce((most, { finishedMs }) => Math.max(most, finishedMs), -Infinity);
  return rows.length / ((last - first) / 1000);
}

async function watchWorkers(): Promise<void> {
  const scheduler = { max_concurrent_dispatches: 100 };
  // A minute, so that what starting costs (code is compiled as it gets warm) does not stand for what watching costs.
  const experiment = await labExperiment(configOf({ workflows: 40, tasks_per_workflow: 50, duration: 3, scheduler }));
  const { driver, sampler, workers, sampling } = summarize(experiment);
  if (driver.cpuRatioMean === null || sampler.cpuRatioMean === null)
    throw new Error(`bench/overhead.ts: expected the CPU of driver and sampler, got none: ${experiment.manifest.warnings.join(' ')}`);
  const percent = (ratio: number): string => `${(100 * ratio).toFixed(2)} %`;
  console.log(`workers: up to ${workers.peakCount} processes at once, sampled every ${sampling.intervalSeconds} s, ${sampling.gaps} gaps`);
  console.log(`  driver ${percent(driver.cpuRatioMean)}, sampler ${percent(sampler.cpuRatioMean)}, together ` +
      `${percent(driver.cpuRatioMean + sampler.cpuRatioMean)} of one core (aim: under 3 %)`); // prettier-ignore
}

async function watchClosedLoop(): Promise<void> {
  const config = { arrival: { closed: 20 }, load_seconds: 20, tasks_per_workflow: 1, duration: 0.05, executor: 'inline' } as const;
  const experiment = await labExperiment(createConfig({ target: options.target, ...config, scheduler: { poll_interval_secs: 0.1 } }));
  const { driver, sampler, ownWork, throughput, durationSeconds } = summarize(experiment);
  const { transactions, cpuSeconds, postgresCpuRatio } = ownWork;
  if (transactions === null || durationSeconds === null) throw new Error("bench/overhead.ts: expected orchlab's own work, got none");
  const percent = (ratio: number | null): string => `${(100 * (ratio ?? Number.NaN)).toFixed(2)} %`;
  console.log(`closed loop: ${throughput.runsPerSecond?.toFixed(1)} runs/s; orchlab's own work in the database: ` +
      `${(transactions / durationSeconds).toFixed(0)} transactions a second, ${cpuSeconds?.toFixed(2)} s CPU, ${percent(postgresCpuRatio)} of Postgres'`); // prettier-ignore
  console.log(`  driver ${percent(driver.cpuRatioMean)}, sampler ${percent(sampler.cpuRatioMean)} of one core`);
}
