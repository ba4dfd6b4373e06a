import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PerfConfig } from '../config/perf-config.ts';
import type { ExperimentDatabase } from '../database/open-database.ts';
import { reasonOf } from '../errors/error-reason.ts';
import type { NetworkProxy } from '../faults/network-proxy.ts';
import { type Guard, killGroupsWith } from '../processes/guard.ts';
import { leftBehind, stopWithFamily } from '../processes/stop-family.ts';
import { leavesEvidence } from '../targets/evidence.ts';
import { ceilingsOf } from '../targets/ceilings.ts';
import type { CreateTarget, Target } from '../targets/target.ts';
import { profileOf } from '../targets/target-profile.ts';
import type { TaskSpec } from '../targets/task-spec.ts';
import { cleanLimitSeconds, disposalLimitSeconds } from '../timing/stop-limits.ts';
import { limitedDisposal, withLimit } from '../timing/with-limit.ts';
import type { CollectOptions } from './collect-tasks.ts';
import { addHistory, checkHistory } from './add-history.ts';
import { checkDelay } from './check-delay.ts';
import { checkPeriodic } from './check-periodic.ts';
import type { Ending } from './ending.ts';
import type { LiveState } from './live-state.ts';
import type { ManifestKeeper } from './manifest-keeper.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

const prepareLimitSeconds = 60;
const lostLimitSeconds = 1;

export interface PrepareParts {
  readonly request: { readonly config: PerfConfig; readonly setOptions?: readonly string[] };
  readonly task: TaskSpec;
  readonly createTarget: CreateTarget;
  /** The experiment's. */
  readonly directory: string;
  readonly database: ExperimentDatabase;
  /** What schedulers reach it through, where a fault is to cut them off. */
  readonly proxy?: NetworkProxy | undefined;
  readonly guard: Guard;
  readonly keeper: ManifestKeeper;
  readonly ending: Ending;
  readonly live: LiveState;
}

/** An engine that can be started; let go, nothing of it is left that the database does not hold. */
export interface PreparedEngine extends AsyncDisposable {
  readonly target: Target;
  readonly evidence: NonNullable<CollectOptions['evidence']>;
}

/** Prepare: makes the target, and with it the engine's schema and workflow. */
export async function prepareEngine(parts: PrepareParts): Promise<PreparedEngine> {
  const { request, task, createTarget, directory, database, guard, keeper, ending, live } = parts;
  const { config } = request;
  await using held = new AsyncDisposableStack();
  const evidencePath = join(directory, 'evidence.txt');
  await writeFile(evidencePath, '');
  const temporary = held.use(await makeTemporaryDirectory(guard));
  // When all that the engine has is let go: what left its parents long before, found by its mark.
  held.defer(async () => keeper.warn(...leftBehind(await stopWithFamily([], guard.marker, async () => undefined))));
  const work = { ...task, evidencePath };
  const target = await createTarget({
    config,
    ...(request.setOptions && { setOptions: request.setOptions }),
    databaseUrl: database.url,
    ...(parts.proxy && { schedulerDatabaseUrl: parts.proxy.url }),
    hasFaults: config.faults !== undefined,
    task: work,
    logDirectory: directory,
    temporaryDirectory: temporary.path,
    protect: killGroupsWith(guard),
  });
  // Its connections to a database that is gone never answer.
  const closingSeconds = (): number => (ending.lost.aborted ? lostLimitSeconds : disposalLimitSeconds);
  held.use(limitedDisposal(target, closingSeconds, `closing ${config.target}`));
  checkHistory(config, target);
  checkDelay(config, target);
  checkPeriodic(config, target);
  live.ceilings = ceilingsOf(target, config);
  await keeper.update({ target: profileOf(target), ceilings: live.ceilings });
  await keeper.warn(...target.warnings);
  ending.signal.throwIfAborted();
  let isPrepared = false;
  held.defer(async () => {
    if (database.kept || !target.leave) return;
    live.step = `cleaning up after ${config.target}`;
    const seconds = ending.outcome?.status === 'interrupted' ? cleanLimitSeconds : (target.limits?.cleanSeconds ?? cleanLimitSeconds);
    await withLimit(target.leave(), seconds, `cleaning up after ${config.target}`, ending.lost).catch(async (error: unknown) => {
      // What was never there can't be taken away.
      if (isPrepared) await keeper.warn(`What ${config.target} keeps outside of the database may be left: ${reasonOf(error)}`);
    });
  });
  const preparing = target.prepare();
  // An interrupted preparation is not to make tables, or a database, behind the back of what is let go next.
  held.defer(async () => withLimit(preparing, disposalLimitSeconds, 'preparing').catch(() => undefined));
  await withLimit(preparing, target.limits?.prepareSeconds ?? prepareLimitSeconds, `preparing ${config.target}`, ending.signal);
  isPrepared = true;
  if (config.history !== undefined) await addHistory(config.history, { target, databaseUrl: database.url, ending, live });
  const all = held.move();
  return {
    target,
    evidence: { path: evidencePath, isExpected: leavesEvidence(work) },
    [Symbol.asyncDispose]: async () => all.disposeAsync(),
  };
}
