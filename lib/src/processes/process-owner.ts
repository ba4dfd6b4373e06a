import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isProcessAlive, readProcessStatus } from './process-status.ts';

/** A process as a file names it that may outlive it, be read on another machine, or after another start of this one. */
export interface ProcessOwner {
  readonly pid: number;
  /** In a unit of the platform: tells it from a later process with its pid. */
  readonly startTime: string;
  readonly host: string;
  /** Of this start of the machine; absent where it has none to tell. */
  readonly boot?: string | undefined;
  /** Where its pid counts: a container has pids of its own. Absent where there are none. */
  readonly pidNamespace?: string | undefined;
}

/** This process, to be found again. */
export function thisProcess(): ProcessOwner {
  const startTime = readProcessStatus(process.pid)?.startTime ?? '';
  return { pid: process.pid, startTime, host: hostname(), ...machineNow() };
}

/** Whether a process that a file names has ended: false where that can't be told from here. */
export function isOwnerGone({ pid, startTime, host, boot, pidNamespace }: ProcessOwner): boolean {
  if (host !== hostname()) return false;
  const now = machineNow();
  if (boot !== now.boot) return boot !== undefined && now.boot !== undefined;
  return pidNamespace === now.pidNamespace && !isProcessAlive(pid, startTime);
}

function machineNow(): Pick<ProcessOwner, 'boot' | 'pidNamespace'> {
  const boot = orUndefined(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const pidNamespace = orUndefined(() => readlinkSync('/proc/self/ns/pid'));
  return { ...(boot !== undefined && { boot }), ...(pidNamespace !== undefined && { pidNamespace }) };
}

function orUndefined(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
