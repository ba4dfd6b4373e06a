import { rm } from 'node:fs/promises';
import { BystanderSource } from '../bystander/bystander-source.ts';
import { tasksByWorkflow, workflowsOf } from '../config/mixed.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Workspace } from '../config/workspace.ts';
import { createExperimentDatabase, dropAbandonedDatabases, openServer, type DatabaseServer } from '../database/open-database.ts';
import { PlannedOutage } from '../database/planned-outage.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { writeReasonOf } from '../errors/write-reason.ts';
import { checkFaults } from '../faults/check-faults.ts';
import { NetworkProxy } from '../faults/network-proxy.ts';
import { startGuard } from '../processes/guard.ts';
import { ArrowFiles } from '../results/arrow-files.ts';
import { createExperimentDirectory } from '../results/experiment-directory.ts';
import type { Progress } from '../results/progress.ts';
import { RowStream } from '../results/rows.ts';
import type { CreateTarget } from '../targets/target.ts';
import { type TargetDefinition, defineTarget, findTarget } from '../targets/registry.ts';
import { type TaskSpec, taskSpec } from '../targets/task-spec.ts';
import { systemClock as clock } from '../timing/clock.ts';
import { held, withLimit } from '../timing/with-limit.ts';
import { boundLogs } from './bound-logs.ts';
import { collect } from './collect.ts';
import { experimentLabel, gitCommit, targetCommit } from './commits.ts';
import { Driver } from './driver.ts';
import { type EndStatus, Ended, Ending } from './ending.ts';
import { LiveState } from './live-state.ts';
import { ManifestKeeper } from './manifest-keeper.ts';
import { measure } from './measure.ts';
import { prepareEngine } from './prepare-engine.ts';
import { startSchedulers } from './schedulers.ts';
import { watchDatabase } from './watch-database.ts';

export interface ExperimentRequest {
  readonly config: PerfConfig;
  /** The options of the scheduler block that the config sets itself. Default: setOptionsOf(config), which another process can't tell. */
  readonly setOptions?: readonly string[];
  readonly workspace: Workspace;
  /** Targets that the starter has defined, for this process to know them, too. Default: none. */
  readonly targets?: readonly TargetDefinition[];
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
  /** Makes the target. Default: the one of the config's name. */
  readonly createTarget?: CreateTarget;
}

export interface ExperimentWatch {
  /** Ends the experiment as interrupted; its evidence is kept. */
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
}

const progressIntervalMs = 250;
const databaseLimitSeconds = 60;

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
  for (const definition of request.targets ?? []) defineTarget(definition);
  const task = taskSpec(config, workspace);
  const createTarget = parts.createTarget ?? (await findTarget(config, workspace));
  checkFaults(config, process.env['DATABASE_URL'] ? 'external' : request.keepDatabase ? 'shared' : 'embedded');
  const startedMs = clock.nowMs();
  const place = await createExperimentDirectory(workspace.results, config.name, startedMs);
  const keeper = await ManifestKeeper.create(place, config, startedMs).catch(async (error: unknown) => {
    await rm(place.directory, { recursive: true, force: true });
    throw error;
  });

  const ending = new Ending();
  const interrupt = (): void => ending.end('interrupted', 'interrupted by the user');
  watch.signal.addEventListener('abort', interrupt, { once: true });
  if (watch.signal.aborted) interrupt();
  const live = new LiveState(clock, tasksByWorkflow(config));
  const tell = (): void => watch.onProgress(live.progress(place, config));
  live.onStep = tell;
  const ticker = setInterval(tell, progressIntervalMs);
  tell();
  try {
    await runPhases({ request, task, createTarget, directory: place.directory, keeper, ending, live });
  } catch (error) {
    noteFailure(ending, error);
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

/** What was thrown is the reason, unless it was thrown because the experiment had ended. */
function noteFailure(ending: Ending, error: unknown): void {
  const cause = firstError(error);
  if (!(cause instanceof Ended)) ending.end('failed', reasonOf(cause));
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

/**
 * An experiment: prepare, start, load and drain, collect. Everything that is held meanwhile is let go in the reverse order of how it was
 * taken, whatever happens.
 */
async function runPhases({ request, task, createTarget, directory, keeper, ending, live }: Phases): Promise<void> {
  const { config } = request;
  // git takes its time to look at every file: meanwhile Postgres starts.
  const commit = gitCommit(request.workspace.root);
  await using guard = startGuard({ marks: true });
  const onWriteError = (error: unknown): void => ending.end('failed', `the results can't be written any more: ${writeReasonOf(error)}`);
  await using rows = new RowStream(
    [new ArrowFiles(directory, onWriteError, { workflow: workflowsOf(config).map(({ name }) => name) }), live],
    onWriteError,
  );
  await using logs = boundLogs(directory);

  live.step = 'starting Postgres';
  const opening = openServer({
    guard,
    keepDatabase: request.keepDatabase,
    stateDirectory: request.workspace.state,
    signal: ending.signal,
  });
  await using _opened = held(opening);
  const server = await withLimit(opening, databaseLimitSeconds, 'starting Postgres', ending.signal);
  if (server.kind !== 'embedded') await keeper.warn(...(await cleanUpBehindOthers(server)));
  const database = await createExperimentDatabase(server, config.name, { keep: request.keepDatabase });
  // A server of the experiment's own takes it with it, also one that answers nothing any more.
  await using _dropped = server.kind === 'embedded' ? undefined : database;
  // The shared server may have been there.
  checkFaults(config, database.kind);
  const outage = new PlannedOutage(() => clock.nowMs());
  await using _watch = await watchDatabase(database, ending, clock, outage);
  await using proxy = config.faults?.some((fault) => 'drop' in fault) ? await NetworkProxy.start(database.url) : undefined;
  const { kind, version, name, kept, settings } = database;
  await keeper.update({ database: { kind, version, name, kept, settings }, times: { databaseReadyMs: clock.nowMs() } });
  await keeper.warn(...database.warnings);

  try {
    live.step = `preparing ${config.target}`;
    await using engine = await prepareEngine({ request, task, createTarget, directory, database, proxy, guard, keeper, ending, live });
    const { target, evidence } = engine;

    await using bystander = config.bystander && new BystanderSource({ ...config.bystander, databaseUrl: database.url });
    if (bystander) {
      live.step = `measuring the bystander alone for ${config.bystander?.alone_seconds} s`;
      await bystander.start(rows.emit, ending.signal);
      await bystander.beAlone(clock, ending.signal);
    }

    const driver = new Driver({ config, target, clock });
    live.step = 'starting the scheduler';
    await using schedulers = await startSchedulers(target, config.scheduler.processes, ending, async () => {
      if (config.backlog !== undefined) {
        live.step = `submitting a backlog of ${config.backlog} runs`;
        await withLimit(driver.submitBacklog(ending.signal), config.timeout, live.step, ending.signal);
        live.step = 'starting the scheduler';
      }
      await keeper.update({ times: { schedulerStartMs: clock.nowMs() } });
    });
    const gitCommitNow = await commit;
    const ofTarget = targetCommit();
    const own = experimentLabel();
    await keeper.update({
      times: { schedulerReadyMs: clock.nowMs() },
      ...(gitCommitNow !== undefined && { gitCommit: gitCommitNow }),
      ...(ofTarget.commit !== undefined && { targetCommit: ofTarget.commit }),
      ...(own.label !== undefined && { label: own.label }),
    });
    await keeper.warn(...ofTarget.warnings, ...own.warnings);

    const parts = {
      config,
      target,
      driver,
      directory,
      database,
      schedulers,
      rows,
      keeper,
      ending,
      live,
      evidence,
      outage,
      proxy,
      bystander,
    };
    const measured = await measure(parts);
    await collect(parts, measured);
  } catch (error) {
    // While it is watched whether the database lives: what fails may be the echo of its end.
    noteFailure(ending, error);
    throw error;
  }
  await keeper.warn(...(await logs.warnings()));
}

/** What experiments that were killed left on a server that outlives them; answers what was done, a sentence. */
async function cleanUpBehindOthers(server: DatabaseServer): Promise<readonly string[]> {
  // A user who may not drop them may still make one.
  const dropped = await withLimit(dropAbandonedDatabases(server), databaseLimitSeconds, 'dropping what was left').catch(() => []);
  return dropped.length === 0
    ? []
    : [`Before the start, what experiments that were killed had left on the server was dropped: ${dropped.join(', ')}.`];
}
