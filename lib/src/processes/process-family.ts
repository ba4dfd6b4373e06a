import { readFileSync } from 'node:fs';
import { listProcesses, type ProcessStatus, readProcessStatus } from './process-status.ts';

/** In the environment of all that an experiment starts, and handed on from process to process: by it one that left its parent is found. */
export const markerName = 'ORCHLAB_EXPERIMENT';

/** A process that is told from a later one with its pid. */
export type ProcessIdentity = Pick<ProcessStatus, 'pid' | 'startTime'>;

/**
 * The living processes that `roots` brought forth, themselves included: those of their groups and sessions, what descends from them as
 * long as the parents live, and all that carry `marker` in their environment (on Linux; a program may write over its own). Never this
 * process.
 */
export function findFamily(roots: readonly ProcessIdentity[], marker?: string): readonly ProcessStatus[] {
  const living = listProcesses().filter(({ pid, zombie }) => !zombie && pid !== process.pid);
  const startTimes = new Map(living.map(({ pid, startTime }) => [pid, startTime]));
  // While its group or session lives, the pid of one that has ended is nobody else's.
  const family = new Set(roots.filter(({ pid, startTime }) => (startTimes.get(pid) ?? startTime) === startTime).map(({ pid }) => pid));
  if (marker !== undefined) for (const { pid } of living) if (carries(pid, marker)) family.add(pid);
  for (let size = -1; size !== family.size;) {
    ({ size } = family);
    for (const { pid, parentPid, groupId, sessionId } of living)
      if (family.has(parentPid) || family.has(groupId) || family.has(sessionId)) family.add(pid);
  }
  return living.filter(({ pid }) => family.has(pid));
}

function carries(pid: number, marker: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${markerName}=${marker}`);
  } catch {
    return false; // gone meanwhile, or another user's
  }
}

/** What tells process `pid`, which runs, from a later one with its pid. */
export function identify(pid: number): ProcessIdentity {
  return { pid, startTime: readProcessStatus(pid)?.startTime ?? 'has ended' };
}
