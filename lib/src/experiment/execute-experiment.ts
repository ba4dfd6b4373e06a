import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Workspace } from '../config/workspace.ts';
import { createExperimentDatabase, openServer } from '../database/open-database.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { killGroupsWith, startGuard } from '../processes/guard.ts';
import { leftBehind, stopWithFamily } from '../processes/stop-family.ts';
import { createExperimentDirectory } from '../results/experiment-directory.ts';
import type { Progress } from '../results/progress.ts';
import { leavesEvidence } from '../targets/evidence.ts';
import type { CreateTarget } from '../targets/target.ts';
import { profileOf } from '../targets/target-profile.ts';
import type { TaskSpec } from '../targets/task-spec.ts';
import { systemClock as clock } from '../timing/clock.ts';
import { held } from '../timing/held.ts';
import { limitedDisposal } from '../timing/limited-disposal.ts';
import { cleanLimitSeconds, disposalLimitSeconds } from '../timing/stop-limits.ts';
import { withLimit } from '../timing/with-limit.ts';
import { applyLoad } from './apply-load.ts';
import { boundLogs } from './bound-logs.ts';
import { checkConfig } from './check-config.ts';
import { gitCommit } from './describe-host.ts';
import { type EndStatus, Ended, Ending } from './ending.ts';
import { initialManifest } from './initial-manifest.ts';
import { LiveState } from './live-state.ts';
import { ManifestKeeper } from './manifest-keeper.ts';
import { Recorder } from './recorder.ts';
import { startSchedulers } from './schedulers.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';
import { watchPostmaster } from './watch-postmaster.ts';

export interface ExperimentRequest {
  readonly config: PerfConfig;
  /** The options of the scheduler block that the config sets itself. Default: setOptionsOf(config), which another process can't tell. */
  readonly setOptions?: readonly string[];
  readonly workspace: Workspace;
  /** Keep the experiment's database, to look at it with SQL. */
  readonly keepDatabase: boolean;
}

export interface ExperimentOutcome {
  readonly name: string;
  readonly directory: string;
  readonly status: EndStatus;
  /** Why the status is not `done`; empty when it is. */
  readonly reason: string;
}

/** Parts that a test replaces. */
export interface ExperimentParts {
  /** Makes the target; by default the config's. */
  readonly createTarget?: CreateTarget;
}

export interface ExperimentWatch {
  /** Ends the experiment as interrupted; its evidence is kept. */
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
}

const progressIntervalMs = 250;
const databaseLimitSeconds = 60;
const prepareLimitSeconds = 60;

/**
 * Executes one experiment in this process, from an empty directory to complete results.
 *
 * Rejects only with what is wrong before there is a directory: a ConfigError, a MissingProgramError (the target's), or a ResultsError
 * where none can be made. Whatever happens later is the outcome's status and reason, and what was sampled until then is in the
 * directory.
 */
export async function executeExperiment(
  request: ExperimentRequest,
  watch: ExperimentWatch,
  parts: ExperimentParts = {},
): Promise<ExperimentOutcome> {
  const { config, workspace } = request;
  const { task, createTarget } = await checkConfig(config, workspace, parts.createTarget);
  const startedMs = clock.nowMs();
  const place = await createExperimentDirectory(workspace.results, config.name, startedMs);
  const keeper = await ManifestKeeper.create(place.directory, initialManifest(place.name, request, startedMs)).catch(
    async (error: unknown) => {
      await rm(place.directory, { recursive: true, force: true });
      throw error;
    },
  );

  const ending = new Ending();
  const interrupt = (): void => ending.end('interrupted', 'interrupted by the user');
  watch.signal.addEventListener('abort', interrupt, { once: true });
  if (watch.signal.aborted) interrupt();
  const live = new LiveState(clock);
  const tell = (): void => watch.onProgress(live.progress(place, config));
  live.onStep = tell;
  const ticker = setInterval(tell, progressIntervalMs);
  tell();
  try {
    await runPhases({ request, task, createTarget, directory: place.directory, keeper, ending, live });
  } catch (error) {
    const cause = firstError(error);
    if (!(cause instanceof Ended)) ending.end('failed', reasonOf(cause));
  } finally {
    clearInterval(ticker);
    watch.signal.removeEventListener('abort', interrupt);
  }
  const { status, message } = ending.outcome ?? new Ended('failed', 'the experiment ended without an outcome');
  await keeper.finish({ status, ...(message === '' ? {} : { reason: message }), times: { endedMs: clock.nowMs() } });
  live.phase = 'ended';
  watch.onProgress({ ...live.progress(place, config), status });
  return { ...place, status, reason: message };
}

/** When letting go fails after something else has, JavaScript wraps both; what came first is the reason. */
function firstError(error: unknown): unknown {
  return error instanceof SuppressedError ? firstError(error.suppressed) : error;
}

interface Phases {
  readonly request: ExperimentRequest;
  readonly task: TaskSpec;
  readonly createTarget: CreateTarget;
  readonly directory: string;
  readonly keeper: ManifestKeeper;
  readonly ending: Ending;
  readonly live: LiveState;
}

/** Everything that is held while an experiment runs is let go in the reverse order of how it was taken, whatever happens. */
async function runPhases({ request, task, createTarget, directory, keeper, ending, live }: Phases): Promise<void> {
  const { config } = request;
  // git takes its time to look at every file: meanwhile Postgres starts.
  const commit = gitCommit(request.workspace.root);
  await using guard = startGuard({ marks: true });
  await using recorder = new Recorder(directory, (error) =>
    ending.end('failed', `the results can't be written any more: ${reasonOf(error)}`),
  );
  await using logs = boundLogs(directory);
  live.step = 'starting Postgres';
  const opening = openServer({ guard, keepDatabase: request.keepDatabase, stateDirectory: request.workspace.state });
  await using _opened = held(opening);
  const server = await withLimit(opening, databaseLimitSeconds, 'starting Postgres', ending.signal);
  await using database = await createExperimentDatabase(server, config.name, { keep: request.keepDatabase });
  using _postmaster = watchPostmaster(database.postmasterPid, ending);
  const { kind, version, name, kept, settings } = database;
  await keeper.update({ database: { kind, version, name, kept, settings }, times: { databaseReadyMs: clock.nowMs() } });

  await keeper.warn(...database.warnings);

  live.step = `preparing ${config.target}`;
  const evidencePath = join(directory, 'evidence.txt');
  await writeFile(evidencePath, '');
  await using temporary = await makeTemporaryDirectory(guard);
  // When all that the engine has is let go: what left its parents long before, found by its mark.
  await using _rest = {
    [Symbol.asyncDispose]: async () => keeper.warn(...leftBehind(await stopWithFamily([], guard.marker, async () => undefined))),
  };
  const work = { ...task, evidencePath };
  const evidence = { path: evidencePath, isExpected: leavesEvidence(work) };
  const target = await createTarget({
    config,
    ...(request.setOptions && { setOptions: request.setOptions }),
    databaseUrl: database.url,
    task: work,
    logDirectory: directory,
    temporaryDirectory: temporary.path,
    protect: killGroupsWith(guard),
  });
  await using _target = limitedDisposal(target, disposalLimitSeconds, `closing ${config.target}`);
  await keeper.update({ target: profileOf(target) });
  await keeper.warn(...target.warnings);
  ending.signal.throwIfAborted();
  let isPrepared = false;
  await using _leaving = {
    [Symbol.asyncDispose]: async () => {
      if (database.kept || !target.leave) return;
      live.step = `cleaning up after ${config.target}`;
      const seconds = ending.outcome?.status === 'interrupted' ? cleanLimitSeconds : (target.limits?.cleanSeconds ?? cleanLimitSeconds);
      await withLimit(target.leave(), seconds, `cleaning up after ${config.target}`).catch(async (error: unknown) => {
        // What was never there can't be taken away.
        if (isPrepared) await keeper.warn(`What ${config.target} keeps outside of the database may be left: ${reasonOf(error)}`);
      });
    },
  };
  const preparing = target.prepare();
  // An interrupted preparation is not to make tables, or a database, behind the back of what is let go next.
  await using _prepared = {
    [Symbol.asyncDispose]: async () => withLimit(preparing, disposalLimitSeconds, 'preparing').catch(() => undefined),
  };
  await withLimit(preparing, target.limits?.prepareSeconds ?? prepareLimitSeconds, `preparing ${config.target}`, ending.signal);
  isPrepared = true;

  live.step = 'starting the scheduler';
  await using schedulers = await startSchedulers(target, config.scheduler.processes, ending);
  const gitCommitNow = await commit;
  await keeper.update({ times: { schedulerReadyMs: clock.nowMs() }, ...(gitCommitNow === undefined ? {} : { gitCommit: gitCommitNow }) });

  await applyLoad({ config, target, database, schedulers, recorder, keeper, ending, live, evidence });
  await keeper.warn(...logs.warnings());
}
