import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, secondsOf } from '../config/faults.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { findFamily, identify } from '../processes/process-family.ts';
import { listProcesses } from '../processes/process-status.ts';
import { sendIfAllowed } from '../processes/stop-family.ts';
import type { Scheduler } from '../targets/target.ts';
import { withLimit } from '../timing/with-limit.ts';
import { findWorkers } from './engine-workers.ts';
import { type FaultRun, NoVictimError } from './fault-surroundings.ts';

type FaultOf<K extends string> = Extract<Fault, { readonly [key in K]: unknown }>;

const workerLimitMs = 10_000;
const lookMs = 10;
const endLimitSeconds = 10;
const finishLimitSeconds = 30;
/** A supervisor tries again so long after a start that failed, and gives up in the end. */
const startAgainSeconds = 1;
const startAttempts = 60;

/** SIGKILL, and where it is wanted what a supervisor does then. */
export async function killScheduler(run: FaultRun, fault: FaultOf<'kill'>): Promise<void> {
  const instance = victim(run, fault.instance);
  const { pid, exited } = run.schedulers.expectEnd(instance);
  const all = findFamily([identify(pid)]).map((each) => each.pid);
  const killed = fault.leave_workers ? [pid] : [pid, ...all.filter((each) => each !== pid)];
  run.begins(`scheduler ${instance}`, `SIGKILL to process ${pid}${killed.length > 1 ? ` and ${killed.length - 1} below it` : ''}`);
  for (const each of killed) sendIfAllowed(each, 'SIGKILL');
  await withLimit(exited, endLimitSeconds, `the end of scheduler ${instance} after SIGKILL`);
  run.ends();
  if (fault.restart_after === undefined) return;
  await run.wait(secondsOf(fault.restart_after));
  await startAgain(run, instance);
}

/** SIGKILL to one worker with what it started. */
export async function killWorker(run: FaultRun): Promise<void> {
  const roots = run.schedulers.running().map((instance) => run.schedulers.all[instance]?.pid ?? -1);
  const limitMs = run.clock.nowMs() + workerLimitMs;
  let pid: number | undefined;
  while ((pid = run.choose(findWorkers(roots, run.rolePatterns))) === undefined) {
    if (run.signal.aborted || run.clock.nowMs() > limitMs)
      throw new NoVictimError(
        `no worker process lived within ${workerLimitMs / 1000} s: where tasks run inside the scheduler, kill: scheduler`,
      );
    await delay(lookMs);
  }
  run.begins('worker', `SIGKILL to process ${pid}`);
  // Not its group: that may be the scheduler's.
  for (const each of [pid, ...descendants(pid)]) sendIfAllowed(each, 'SIGKILL');
}

/** SIGSTOP to a scheduler with all that it started, and SIGCONT. */
export async function pauseScheduler(run: FaultRun, fault: FaultOf<'pause'>): Promise<void> {
  const instance = victim(run, fault.instance);
  const root = identify(run.schedulers.all[instance]?.pid ?? -1);
  const paused = new Set<number>();
  run.begins(`scheduler ${instance}`, `SIGSTOP to process ${root.pid} and all below it`);
  for (let found = findFamily([root]); found.length > 0; found = findFamily([root]).filter(({ pid }) => !paused.has(pid)))
    for (const { pid } of found) {
      paused.add(pid);
      sendIfAllowed(pid, 'SIGSTOP');
    }
  try {
    await run.wait(secondsOf(fault.for));
  } finally {
    for (const pid of paused) sendIfAllowed(pid, 'SIGCONT');
  }
}

/** Stops a scheduler, in order or not, and starts it again. */
export async function restartScheduler(run: FaultRun, fault: FaultOf<'restart'>): Promise<void> {
  const instance = victim(run, fault.instance);
  const scheduler = run.schedulers.expectEnd(instance);
  run.begins(`scheduler ${instance}`, fault.mode === 'fast' ? 'asked to stop' : 'SIGKILL');
  if (fault.mode === 'fast') {
    if (!(await finish(run, scheduler))) run.begins(`scheduler ${instance}`, `asked to stop, cut off after ${finishLimitSeconds} s`);
  } else for (const { pid } of findFamily([identify(scheduler.pid)])) sendIfAllowed(pid, 'SIGKILL');
  await withLimit(scheduler.exited, endLimitSeconds, `the end of scheduler ${instance}`);
  await run.wait(secondsOf(fault.down));
  await startAgain(run, instance);
}

/** A deployment waits for what is in work, and cuts off what takes too long: then it is false. */
async function finish(run: FaultRun, scheduler: Scheduler): Promise<boolean> {
  scheduler.askToFinish?.();
  const isFinished =
    scheduler.askToFinish === undefined ||
    (await Promise.race([scheduler.exited.then(() => true), run.wait(finishLimitSeconds).then(() => false)]));
  await scheduler.stop();
  return isFinished;
}

/** Starts a scheduler in the place of one that has ended, as a supervisor does: again and again, for a minute. */
export async function startAgain(
  run: Pick<FaultRun, 'schedulers' | 'clock' | 'signal' | 'wait' | 'note'>,
  instance: number,
): Promise<void> {
  for (let attempt = 1; !run.signal.aborted; attempt++) {
    const beganMs = run.clock.nowMs();
    try {
      const { pid } = await run.schedulers.restart(instance);
      run.note('start', `scheduler ${instance}`, beganMs, `process ${pid}${attempt > 1 ? `, at attempt ${attempt}` : ''}`);
      return;
    } catch (error) {
      if (attempt === startAttempts) throw new Error(`scheduler ${instance} did not start again: ${reasonOf(error)}`, { cause: error });
      await run.wait(startAgainSeconds);
    }
  }
}

function victim(run: FaultRun, wanted: number | undefined): number {
  const running = run.schedulers.running();
  const instance = wanted === undefined ? run.choose(running) : running.find((each) => each === wanted);
  if (instance === undefined) throw new NoVictimError(wanted === undefined ? 'no scheduler ran' : `scheduler ${wanted} did not run`);
  return instance;
}

/** What a process has started and what that started, as long as the parents live. */
function descendants(pid: number): readonly number[] {
  const children = Map.groupBy(listProcesses(), ({ parentPid }) => parentPid);
  const found = [pid];
  for (const parent of found) found.push(...(children.get(parent) ?? []).map((child) => child.pid));
  return found.slice(1);
}
