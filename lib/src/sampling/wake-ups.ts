import { readFileSync, readdirSync } from 'node:fs';
import type { Clock } from '../timing/clock.ts';

const intervalMs = 1000;
/** A file is opened for every thread: where they are many, more rarely. */
const dutyRatio = 0.005;

/**
 * Makes a function that reads how often the threads of one group of processes went to sleep so far, each of which is to be woken again: their
 * voluntary context switches, from /proc/<pid>/task/<tid>/status.
 *
 * It never falls when a thread ends; what that did after it was read last is missing. Only differences mean anything, as what came before the first
 * reading is in it. At most once a second and for half a percent of the time; NaN when it is not time yet, when there are no processes, and
 * on other systems than Linux.
 */
export function wakeUpReader(clock: Clock): (pids: readonly number[]) => number {
  let nextMs = -Infinity;
  let total = 0;
  let known: ReadonlyMap<string, number> = new Map();
  return (pids) => {
    const beganMs = clock.nowMs();
    if (process.platform !== 'linux' || pids.length === 0 || beganMs < nextMs) return Number.NaN;
    const now = new Map(pids.flatMap(threadFiles).flatMap((file) => switchesOf(file)));
    // A lower count is of another thread with the same number.
    for (const [file, count] of now) total += count - (count < (known.get(file) ?? 0) ? 0 : (known.get(file) ?? 0));
    known = now;
    nextMs = beganMs + Math.max(intervalMs, (clock.nowMs() - beganMs) / dutyRatio);
    return total;
  };
}

function threadFiles(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/status`);
  } catch {
    return []; // it has ended
  }
}

function switchesOf(file: string): readonly (readonly [file: string, count: number])[] {
  try {
    const match = /^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(file, 'utf8'));
    return match ? [[file, Number(match[1])]] : [];
  } catch {
    return [];
  }
}
