import { readFileSync } from 'node:fs';
import pidusage from 'pidusage';

/** What a group of processes uses at one moment. */
export interface ProcessUsage {
  readonly processCount: number;
  readonly rssBytes: number;
  /** CPU time of the processes themselves since each began: user + system. */
  readonly cpuSeconds: number;
}

/** Reads a group of processes; those that have gone meanwhile count as nothing. */
export async function processUsage(pids: readonly number[]): Promise<ProcessUsage> {
  if (pids.length === 0) return { processCount: 0, rssBytes: 0, cpuSeconds: 0 };
  // maxage: pidusage keeps a file open for each process that it has seen, for a minute unless told otherwise.
  const found = await pidusage([...pids], { maxage: 500 }).catch(() => ({}));
  const statuses = Object.values(found).filter((status): status is pidusage.Status => status !== null && status !== undefined);
  return {
    processCount: statuses.length,
    rssBytes: sum(statuses.map(({ memory }) => memory)),
    cpuSeconds: sum(statuses.map(({ ctime }) => ctime)) / 1000,
  };
}

/**
 * CPU seconds of the children of `pid` that have ended and were waited for, with theirs (Linux: cutime + cstime of proc(5)).
 * This is how the CPU of processes counts that lived between two samples. 0 where the kernel does not tell.
 */
export function exitedChildrenCpuSeconds(pid: number): number {
  if (process.platform !== 'linux') return 0;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Fields are counted from behind the name, which may hold spaces and parentheses; the first one there is field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[16 - 3]) + Number(fields[17 - 3])) / ticksPerSecond;
  } catch {
    return 0; // gone meanwhile
  }
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
