import { thresholdsOf } from '../config/config-thresholds.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { ExperimentDatabase } from '../database/open-database.ts';
import type { BrokenThreshold } from '../results/manifest.ts';
import type { RowStream } from '../results/rows.ts';
import { SamplerThread } from '../sampling/sampler.ts';
import type { Target } from '../targets/target.ts';
import { systemClock as clock } from '../timing/clock.ts';
import { noteOpenTasks } from './collect-tasks.ts';
import { Completion } from './completion.ts';
import { DatabaseClock } from './database-clock.ts';
import { Driver, watchEventLoop } from './driver.ts';
import type { Ending } from './ending.ts';
import type { LiveState } from './live-state.ts';
import { LiveThresholds, brokenWords } from './live-thresholds.ts';
import type { ManifestKeeper } from './manifest-keeper.ts';
import { OpenWorkSource } from './open-work-source.ts';
import { RunIndex, type SharedRunId } from './run-index.ts';
import type { Schedulers } from './schedulers.ts';

export interface MeasureParts {
  readonly config: PerfConfig;
  readonly target: Target;
  readonly database: ExperimentDatabase;
  readonly schedulers: Schedulers;
  readonly rows: RowStream;
  readonly keeper: ManifestKeeper;
  readonly ending: Ending;
  readonly live: LiveState;
}

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
export async function measure({ config, target, database, schedulers, rows, keeper, ending, live }: MeasureParts): Promise<Measured> {
  const driver = new Driver({ config, target, clock });
  const openWork = new OpenWorkSource({
    target,
    databaseUrl: database.url,
    accepted: driver.account.accepted,
    ended: driver.ended,
    onFailure: (reason) => ending.end('failed', reason),
  });
  const sampler = new SamplerThread({ databaseUrl: database.url, intervalMs: config.sample_interval * 1000, processes: observed() });
  const runs = new RunIndex(config.tasks_per_workflow, driver.isClosed, (shared) =>
    ending.end('failed', sharedIdReason(target.name, shared)),
  );
  const completion = new Completion({ target, runs, ending, clock });
  let stoppedBy: BrokenThreshold | undefined;
  rows.add(runs);
  rows.add(completion);
  rows.add(
    new LiveThresholds({
      thresholds: thresholdsOf(config),
      tasksPerRun: config.tasks_per_workflow,
      isClosed: driver.isClosed,
      onBroken(broken) {
        if (ending.outcome) return;
        stoppedBy = broken;
        ending.end('aborted', brokenWords(broken));
      },
    }),
  );

  const clocks = new DatabaseClock(database.url, clock);
  const endEventLoopWatch = watchEventLoop();
  const timeout = setTimeout(
    () => ending.end('timed-out', `the tasks had not all ended after ${config.timeout} s (raise \`timeout\` if they need longer)`),
    config.timeout * 1000,
  );
  let overMs = Number.NaN;
  try {
    await Promise.all([sampler.start(rows.emit, ending.lost), openWork.start(rows.emit, ending.lost)]);
    live.phase = 'load';
    live.step = 'submitting runs';
    await clocks.read('start', ending.lost);
    live.loadStartedMs = clock.nowMs();
    await keeper.update({ times: { loadStartedMs: live.loadStartedMs } });
    await driver.start(rows.emit, ending.signal);
    const warnings = await driver.stop();
    openWork.endWatch();
    const { unsent, refusal } = driver.account;
    if (unsent) await keeper.update({ unsentRuns: unsent });
    await keeper.warn(...warnings);

    live.phase = 'drain';
    live.step = 'waiting for the tasks to end';
    completion.loadIsOver();
    await keeper.update({ times: { loadEndedMs: clock.nowMs() } });
    if (refusal !== undefined) ending.end('failed', refusal);
    await ending.wait();
    overMs = clock.nowMs();
    await keeper.update({ times: { drainedMs: overMs }, ...(stoppedBy && { stoppedBy }) });
    await clocks.read('end', ending.lost);
    // Before anything is stopped that would be written down as their end.
    if (ending.outcome?.status !== 'done') await noteOpenTasks(target.readTasks(), runs, ending.lost);
  } finally {
    clearTimeout(timeout);
    await keeper.update({ eventLoopDelay: endEventLoopWatch() });
    live.phase = 'collect';
    live.step = 'taking the last samples';
    await keeper.warn(...(await Promise.all([sampler.stop(), openWork.stop()])).flat());
    const runWatch = openWork.watchCost();
    if (runWatch) await keeper.update({ runWatch });
  }
  const originMs = Number.isFinite(runs.firstSentMs) ? runs.firstSentMs : live.loadStartedMs;
  return { runs, clocks, originMs, cutShortMs: ending.outcome?.status === 'done' ? undefined : overMs };

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
