import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { killLimitMs, stopGraceMs } from '../timing/stop-limits.ts';
import { isProcessAlive, isProcessGroupAlive, readProcessStatus } from './process-status.ts';

export interface StopOptions {
  /** Stop the whole process group that the process leads. Default false. */
  readonly processGroup?: boolean;
  /** The polite signal. Default SIGTERM. */
  readonly signal?: NodeJS.Signals;
  /** Milliseconds from the polite signal to SIGKILL. Default 3000. */
  readonly graceMs?: number;
  /** `startTime` of `readProcessStatus`: a process with this pid and another start time is a stranger and left alone. */
  readonly startTime?: string;
}

/** How a process ended: it was gone already, it stopped when asked, or it had to be killed. */
export interface StopResult {
  readonly how: 'gone' | 'stopped' | 'killed';
  /** Known for a child of this process only. */
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
}

/**
 * Signals a process (group), waits for its end, and kills it after `graceMs`.
 *
 * Throws when it may not be signalled, or is still there 5 s after SIGKILL.
 */
export async function stopProcess(target: ChildProcess | number, options: StopOptions = {}): Promise<StopResult> {
  const { processGroup = false, signal = 'SIGTERM', graceMs = stopGraceMs, startTime } = options;
  const child = typeof target === 'number' ? undefined : target;
  const pid = typeof target === 'number' ? target : target.pid;
  if (pid === undefined) return { how: 'gone' };
  if (pid <= 1) throw new RangeError(`stopProcess: expected the pid of a process of ours, got ${pid}`);

  // A group outlives its leader, and while it does the kernel gives the leader's pid to nobody else.
  const current = readProcessStatus(pid);
  const stranger = startTime !== undefined && current !== undefined && current.startTime !== startTime;
  const alive = (): boolean => (processGroup ? isProcessGroupAlive(pid) : isProcessAlive(pid, startTime ?? current?.startTime));
  if (stranger || !alive()) return { how: 'gone', ...(await exitOf(child)) };

  const destination = processGroup ? -pid : pid;
  send(destination, signal);
  if (await until(() => !alive(), graceMs)) return { how: 'stopped', ...(await exitOf(child)) };
  send(destination, 'SIGKILL');
  if (await until(() => !alive(), killLimitMs)) return { how: 'killed', ...(await exitOf(child)) };
  throw new Error(
    `process ${pid}: expected it to end within ${killLimitMs / 1000} s of SIGKILL, it is still there; see what it waits for with: ps -o stat,wchan ${pid}`,
  );
}

/** Sends a signal; to a process that is gone it is none. */
export function send(destination: number, signal: NodeJS.Signals): void {
  try {
    process.kill(destination, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Looks until `condition` holds, at most `limitMs`; answers whether it did. */
export async function until(condition: () => boolean, limitMs: number): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  for (let pauseMs = 2; !condition(); pauseMs = Math.min(2 * pauseMs, 50)) {
    if (performance.now() >= endMs) return false;
    await delay(pauseMs);
  }
  return true;
}

async function exitOf(child: ChildProcess | undefined): Promise<Pick<StopResult, 'exitCode' | 'signal'>> {
  if (!child) return {};
  child.ref(); // One that was let go would let this process end while it waits here.
  // The kernel knows of the end a moment before the ChildProcess does.
  if (child.exitCode === null && child.signalCode === null)
    await once(child, 'exit', { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
  return {
    ...(child.exitCode !== null && { exitCode: child.exitCode }),
    ...(child.signalCode !== null && { signal: child.signalCode }),
  };
}
