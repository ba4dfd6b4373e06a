import type { BystanderSource } from '../bystander/bystander-source.ts';
import { tellsEnds } from '../config/work.ts';
import { thresholdsOf } from '../config/config-thresholds.ts';
import { isMixed, tasksByWorkflow } from '../config/mixed.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { ExperimentDatabase } from '../database/open-database.ts';
import type { PlannedOutage } from '../database/planned-outage.ts';
import type { PostgresControl } from '../database/postgres-control.ts';
import { unwritableInLogs, unwritableWords } from '../database/unwritable.ts';
import { planFaults } from '../faults/fault-plan.ts';
import { FaultSource } from '../faults/fault-source.ts';
import type { NetworkProxy } from '../faults/network-proxy.ts';
import type { BrokenThreshold } from '../results/manifest.ts';
import type { RowStream } from '../results/rows.ts';
import { SamplerThread } from '../sampling/sampler.ts';
import type { Target } from '../targets/target.ts';
import { systemClock as clock } from '../timing/clock.ts';
import { type CollectOptions, noteOpenTasks } from './collect-tasks.ts';
import { Completion } from './completion.ts';
import { DatabaseClock } from './database-clock.ts';
import { type Driver, watchEventLoop } from './driver.ts';
import type { Ending } from './ending.ts';
import { ExecutionSource } from './execution-source.ts';
import { idlePhase } from './idle-phase.ts';
import type { LiveState } from './live-state.ts';
import { LiveThresholds, brokenWords } from './live-thresholds.ts';
import type { ManifestKeeper } from './manifest-keeper.ts';
import { OpenWorkSource } from './open-work-source.ts';
import { RefusedLoad } from './refused-load.ts';
import { RunIndex, type SharedRunId } from './run-index.ts';
import type { Schedulers } from './schedulers.ts';
import { Settling } from './settling.ts';

export interface MeasureParts {
  readonly config: PerfConfig;
  readonly target: Target;
  /** Of the results, with the engine's logs. */
  readonly directory: string;
  readonly driver: Driver;
  readonly database: ExperimentDatabase;
  readonly schedulers: Schedulers;
  readonly rows: RowStream;
  readonly keeper: ManifestKeeper;
  readonly ending: Ending;
  readonly live: LiveState;
  /** What the tasks leave of their executions. */
  readonly evidence: NonNullable<CollectOptions['evidence']>;
  readonly outage: PlannedOutage;
  readonly proxy: NetworkProxy | undefined;
  /** At work since before the schedulers started. */
  readonly bystander: BystanderSource | undefined;
}

/** Engines look again at what seems to be in work after some seconds: pauses of polls, heartbeats. */
const settleSeconds = 30;

/** What the collection needs to know of the load. */
export interface Measured {
  readonly runs: RunIndex;
  readonly clocks: DatabaseClock;
  /** Where analysis begins to count seconds, epoch milliseconds. */
  readonly originMs: number;
  /** When it was over, by the driver's clock, where it ended before its tasks had; undefined where all had ended. */
  readonly cutShortMs: number | undefined;
}

/**
 * Load and drain: submits the runs, and waits until nothing of them is open any more, or something ends the experiment. Rows of
 * runs, counts and samples come from here. Sets the outcome on `ending`.
 */
export async function measure(parts: MeasureParts): Promise<Measured> {
  const { config, target, driver, database, schedulers, rows, keeper, ending, live } = parts;
  const tasksOf = tasksByWorkflow(config);
  const openWork = new OpenWorkSource({
    target,
    databaseUrl: database.url,
    accepted: driver.account.accepted,
    acceptedTasks: driver.account.acceptedTasks,
    ended: driver.ended,
    onFailure: (reason) => ending.end('failed', reason),
  });
  const sampler = new SamplerThread({ databaseUrl: database.url, intervalMs: config.sample_interval * 1000, processes: observed() });
  const onSharedId = (shared: SharedRunId): void => ending.end('failed', sharedIdReason(target.name, shared));
  const runs = new RunIndex(isMixed(config) ? tasksOf : config.tasks_per_workflow, driver.isClosed, onSharedId, config.delay);
  const completion = new Completion({ target, runs, ending, clock });
  let stoppedBy: BrokenThreshold | undefined;
  rows.add(runs);
  rows.add(completion);
  rows.add(
    new LiveThresholds({
      thresholds: thresholdsOf(config),
      tasksOf,
      isClosed: driver.isClosed,
      delay: config.delay,
      onBroken(broken) {
        if (ending.outcome) return;
        stoppedBy = broken;
        ending.end('aborted', brokenWords(broken));
      },
    }),
  );

  const faults = config.faults && faultsOf(parts, sampler);
  const settling = faults && new Settling({ ending, clock, seconds: config.settle_seconds ?? settleSeconds, faults });
  const executions =
    faults || tellsEnds(config) ? new ExecutionSource(parts.evidence.path, { clock, tellsEnds: tellsEnds(config) }) : undefined;
  for (const sink of [faults, settling]) if (sink) rows.add(sink);
  // A fault may be over later.
  if (!faults) rows.add(new RefusedLoad((reason) => ending.end('failed', reason)));

  const clocks = new DatabaseClock(database.url, clock);
  const endEventLoopWatch = watchEventLoop();
  let timeout: NodeJS.Timeout | undefined;
  let overMs = Number.NaN;
  try {
    await sampler.start(rows.emit, ending.lost);
    if (config.idle !== undefined) await idlePhase(config.idle, { ...parts, sampler, clock });
    await openWork.start(rows.emit, ending.lost);
    timeout = setTimeout(
      () => ending.end('timed-out', `the tasks had not all ended after ${config.timeout} s (raise \`timeout\` if they need longer)`),
      config.timeout * 1000,
    );
    live.phase = 'load';
    live.step = 'submitting runs';
    await clocks.read('start', ending.lost);
    live.loadStartedMs = clock.nowMs();
    await keeper.update({ times: { loadStartedMs: live.loadStartedMs } });
    await executions?.start(rows.emit);
    await faults?.start(rows.emit, ending.signal);
    await driver.start(rows.emit, ending.signal);
    const warnings = await driver.stop();
    openWork.endWatch();
    const { unsent, refusal } = driver.account;
    if (unsent) await keeper.update({ unsentRuns: unsent });
    await keeper.warn(...warnings);

    live.phase = 'drain';
    live.step = 'waiting for the tasks to end';
    completion.loadIsOver();
    faults?.loadIsOver();
    settling?.loadIsOver();
    await keeper.update({ times: { loadEndedMs: clock.nowMs() } });
    if (refusal !== undefined) ending.end('failed', refusal);
    await ending.wait();
    overMs = clock.nowMs();
    if (ending.outcome?.status === 'failed') await explainFailure(parts, driver.account.lastRejection);
    // What is paused or down would answer nothing.
    if (faults) await keeper.warn(...(await faults.stop()));
    await keeper.update({ times: { drainedMs: overMs }, ...(stoppedBy && { stoppedBy }) });
    await clocks.read('end', ending.lost);
    // Before anything is stopped that would be written down as their end.
    if (!isComplete()) await noteOpenTasks(target.readTasks(), runs, ending.lost);
  } finally {
    clearTimeout(timeout);
    settling?.[Symbol.dispose]();
    await faults?.stop();
    if (executions) await keeper.warn(...(await executions.stop()));
    await keeper.update({ eventLoopDelay: endEventLoopWatch() });
    live.phase = 'collect';
    live.step = 'taking the last samples';
    await keeper.warn(...(await Promise.all([sampler, openWork, parts.bystander].map(async (source) => source?.stop() ?? []))).flat());
    const runWatch = openWork.watchCost();
    if (runWatch) await keeper.update({ runWatch });
  }
  const originMs = Number.isFinite(runs.firstSentMs) ? runs.firstSentMs : live.loadStartedMs;
  return { runs, clocks, originMs, cutShortMs: isComplete() ? undefined : overMs };

  function isComplete(): boolean {
    return ending.outcome?.status === 'done' && settling?.hasGivenUp !== true;
  }

  function observed(): ConstructorParameters<typeof SamplerThread>[0]['processes'] {
    return {
      schedulers: schedulers.all.map(({ pid }) => pid),
      others: schedulers.others.map(({ role, pid }) => ({ role, pid })),
      ...(target.rolePatterns && { rolePatterns: target.rolePatterns }),
      ...(database.postmasterPid === undefined ? {} : { postmaster: database.postmasterPid }),
    };
  }
}

function sharedIdReason(engine: string, { runId, runIndexes }: SharedRunId): string {
  return `${engine} gave two runs one id: runs ${runIndexes.join(' and ')} of the schedule are both ${JSON.stringify(runId)}; their tasks can't be told apart`;
}

/** What fails when nothing can be written to Postgres any more is a scheduler, or every submission: the reason names what Postgres said, and what to do. */
async function explainFailure({ ending, directory }: MeasureParts, lastRejection: string): Promise<void> {
  const words = unwritableWords(lastRejection) ?? (await unwritableInLogs(directory));
  if (!words) return;
  const isSaid = ending.outcome?.message.includes(words.said) === true;
  ending.explain(isSaid ? words.advice : `Postgres had said: ${words.said}. ${words.advice}`);
}

/** The faults of the config, done to what this experiment runs on. */
function faultsOf({ config, target, database, schedulers, outage, proxy }: MeasureParts, sampler: SamplerThread): FaultSource {
  const { url, kind, name, control } = database;
  const faults = new FaultSource({
    plan: planFaults(config),
    schedulers,
    restartSeconds: config.restart_schedulers_after,
    rolePatterns: target.rolePatterns ?? [],
    database: { url, kind, name, ...(control && { control: followed(control, sampler) }) },
    outage,
    proxy,
    clock,
  });
  schedulers.onStart = (instance, pid) => sampler.follow({ scheduler: { instance, pid } });
  schedulers.onExit = (instance, { code, signal }) => faults.schedulerExited(instance, signal ?? `exit code ${code}`);
  return faults;
}

/** The same, with whatever is started again sampled. */
function followed(control: PostgresControl, sampler: SamplerThread): PostgresControl {
  return {
    get pid() {
      return control.pid;
    },
    stop: async (mode) => control.stop(mode),
    async start() {
      await control.start();
      sampler.follow({ postmaster: control.pid });
    },
  };
}
