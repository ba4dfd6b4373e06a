import pidusage from 'pidusage';
import { sum } from './sum.ts';

/** What a group of processes uses at one moment. */
export interface ProcessUsage {
  readonly processCount: number;
  readonly rssBytes: number;
  /** CPU time of the processes since each began: user + system. */
  readonly cpuSeconds: number;
}

/** Reads a group of processes on any platform; those that have gone meanwhile count as nothing. */
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
