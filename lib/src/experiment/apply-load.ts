import { rm } from 'node:fs/promises';
import type { PerfConfig } from '../config/perf-config.ts';
import type { ExperimentDatabase } from '../database/open-database.ts';
import { toLoad } from '../load/schedule.ts';
import type { Target } from '../targets/target.ts';
import { PhaseHistograms, histogramWindowSeconds } from '../results/phase-histograms.ts';
import { systemClock as clock } from '../timing/clock.ts';
import { type CollectOptions, collectTasks, noteOpenTasks } from './collect-tasks.ts';
import { DatabaseClock } from './database-clock.ts';
import type { Ending } from './ending.ts';
import { watchEventLoop } from './event-loop.ts';
import type { LiveState } from './live-state.ts';
import type { ManifestKeeper } from './manifest-keeper.ts';
import type { Recorder } from './recorder.ts';
import { RunIndex, type SharedRunId } from './run-index.ts';
import { sampleExperiment } from './sample-experiment.ts';
import type { Schedulers } from './schedulers.ts';
import { submitRuns } from './submit-runs.ts';
import { watchDatabase } from './watch-database.ts';
import { watchWarnings } from './watch-runs.ts';

export interface LoadPhases {
  readonly config: PerfConfig;
  readonly target: Target;
  readonly database: ExperimentDatabase;
  readonly schedulers: Schedulers;
  readonly recorder: Recorder;
  readonly keeper: ManifestKeeper;
  readonly ending: Ending;
  readonly live: LiveState;
  readonly evidence: NonNullable<CollectOptions['evidence']>;
}

/**
 * Load, drain, collect: submits the runs, waits until their tasks have ended or something ends the experiment, and writes
 * what became of every task. Sets the outcome on `ending`.
 */
export async function applyLoad({
  config,
  target,
  database,
  schedulers,
  recorder,
  keeper,
  ending,
  live,
  evidence,
}: LoadPhases): Promise<void> {
  const runs = new RunIndex(config.tasks_per_workflow, toLoad(config).kind === 'closed');
  let isLoadOver = false;
  let overMs = Infinity;
  /** Of the runs after the warm-up, whatever came of them: where analysis begins to count seconds (loadSpan). */
  let firstSentMs = Number.POSITIVE_INFINITY;
  const checkDone = (): void => {
    // Tasks that the engine has beyond those may have ended before ours have.
    if (isLoadOver && live.endedTasks >= runs.submittedTasks && live.openTasks === 0) ending.end('done', '');
  };

  const sampling = await sampleExperiment({
    config,
    target,
    databaseUrl: database.url,
    processes: {
      schedulers: schedulers.all.map(({ pid }) => pid),
      others: schedulers.others.map(({ role, pid }) => ({ role, pid })),
      ...(target.rolePatterns && { rolePatterns: target.rolePatterns }),
      ...(database.postmasterPid === undefined ? {} : { postmaster: database.postmasterPid }),
    },
    recorder,
    live,
    clock,
    onCounts: checkDone,
  });
  await using _watch = await watchDatabase(database.url, ending, clock);
  const endEventLoopWatch = watchEventLoop();
  const clocks = new DatabaseClock(database.url, clock);
  const timeout = setTimeout(
    () => ending.end('timed-out', `the tasks had not all ended after ${config.timeout} s (raise \`timeout\` if they need longer)`),
    config.timeout * 1000,
  );
  try {
    live.phase = 'load';
    live.step = 'submitting runs';
    await clocks.read('start');
    live.loadStartedMs = clock.nowMs();
    await keeper.update({ times: { loadStartedMs: live.loadStartedMs } });
    const { account, runWatch } = await submitRuns({
      config,
      target,
      clock,
      signal: ending.signal,
      onRun(record) {
        recorder.append('runs', record);
        if (!record.warmUp && record.sentMs < firstSentMs) firstSentMs = record.sentMs;
        if (record.status !== 'submitted') return;
        const shared = runs.add(record);
        if (shared) ending.end('failed', sharedIdReason(target.name, shared));
        live.runsSent++;
      },
    });
    if (account.unsent) await keeper.update({ unsentRuns: account.unsent });
    if (runWatch) await keeper.update({ runWatch });
    await keeper.warn(...account.warnings(), ...(runWatch ? watchWarnings(runWatch) : []));
    isLoadOver = true;
    live.phase = 'drain';
    live.step = 'waiting for the tasks to end';
    await keeper.update({ times: { loadEndedMs: clock.nowMs() } });
    if (account.refusal !== undefined) ending.end('failed', account.refusal);
    await ending.wait();
    overMs = clock.nowMs();
    await keeper.update({ times: { drainedMs: overMs } });
    await clocks.read('end');
    // Before anything is stopped that would be written down as their end.
    if (ending.outcome?.status !== 'done') await noteOpenTasks(target.readTasks(), runs);
  } finally {
    clearTimeout(timeout);
    await keeper.update({ eventLoopDelay: endEventLoopWatch() });
    live.phase = 'collect';
    live.step = 'collecting the tasks';
    await keeper.warn(...(await sampling.stop()));
  }
  // Stopped first, so that nothing changes while the tasks are read.
  await keeper.warn(...(await schedulers.stop()));
  const comparison = clocks.comparison(target);
  await keeper.update(comparison ? { clock: comparison } : {});
  await keeper.warn(...clocks.warnings(target));
  const toDriverClock = clocks.correction(target);
  const originMs = Number.isFinite(firstSentMs) ? firstSentMs : live.loadStartedMs;
  const histograms = new PhaseHistograms({
    originMs,
    windowSeconds: histogramWindowSeconds((clock.nowMs() - originMs) / 1000),
  });
  const isCutShort = ending.outcome?.status !== 'done';
  const { ledger, failure, surplus, warnings } = await collectTasks(target.readTasks(), runs, recorder.writer('tasks'), {
    evidence,
    histograms,
    ...(isCutShort && { overMs }),
    ...(toDriverClock && { toDriverClock }),
    onRows: (count) => (live.step = `collecting the tasks: ${count.toLocaleString('en-US')} so far`),
  });
  for (const row of histograms.rows()) recorder.append('histograms', row);
  await keeper.update({ ledger });
  for await (const rows of target.readMetrics?.() ?? []) for (const row of rows) recorder.append('metrics', row);
  // An end that has a reason already keeps it; what is lost then the ledger says.
  if (surplus !== '' && ending.outcome?.status !== 'done') await keeper.warn(`At the end ${surplus}.`);
  if (failure !== '') ending.end('failed', failure);
  await keeper.warn(...warnings);
  // What it says is in the tasks table now. Where something is odd it stays, to be looked at.
  if ((failure === '' && warnings.length === 0) || ledger.duplicates === null) await rm(evidence.path, { force: true });
}

function sharedIdReason(engine: string, { runId, runIndexes }: SharedRunId): string {
  return `${engine} gave two runs one id: runs ${runIndexes.join(' and ')} of the schedule are both ${JSON.stringify(runId)}; their tasks can't be told apart`;
}
