import { readFileSync } from 'node:fs';
import type { Clock } from '../timing/clock.ts';

const intervalMs = 1000;
/** Reading walks through all pages of a process, and holds up what it does to its memory meanwhile: it gets little of the time. */
const dutyRatio = 0.001;

/**
 * Makes a function that reads how much memory the processes of one group take together, each page that several share counted once.
 *
 * Bytes, from /proc/<pid>/smaps_rollup (Linux 4.14). At most once a second and for a thousandth of the time; NaN when it is not
 * time yet, when there are no processes, and where the kernel does not tell or allow it. Processes that are gone count as nothing.
 */
export function pssReader(clock: Clock): (pids: readonly number[]) => number {
  let nextMs = -Infinity;
  return (pids) => {
    const beganMs = clock.nowMs();
    if (process.platform !== 'linux' || pids.length === 0 || beganMs < nextMs) return Number.NaN;
    const total = pids.reduce((sum, pid) => sum + pssBytes(pid), 0);
    // What others do on the core meanwhile is in the time as well: that only makes the readings rarer.
    nextMs = beganMs + Math.max(intervalMs, (clock.nowMs() - beganMs) / dutyRatio);
    return total;
  };
}

function pssBytes(pid: number): number {
  try {
    const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return match ? Number(match[1]) * 1024 : 0;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return 0;
    // No such file: the process is gone, or the kernel has none of them.
    return code === 'ENOENT' && hasRollup() ? 0 : Number.NaN;
  }
}

function hasRollup(): boolean {
  try {
    return readFileSync('/proc/self/smaps_rollup', 'utf8') !== '';
  } catch {
    return false;
  }
}
