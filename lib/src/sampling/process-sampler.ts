import type { Row } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';
import { children, descendants } from './process-tree.ts';
import { type ProcessUsage, exitedChildrenCpuSeconds, processUsage } from './process-usage.ts';

/** Which processes to read. */
export interface ObservedProcesses {
  /** In order of their instance. */
  readonly schedulers: readonly number[];
  /** The Postgres server, where it runs on this machine. */
  readonly postmaster?: number;
}

type ProcessRow = Row<'processes'>;

/**
 * Makes a function that reads all groups once: a row each scheduler, one for all workers, one for Postgres, one for the driver.
 *
 * Workers are the children of the schedulers, and what those started. CPU seconds of workers and Postgres count processes
 * that have ended, as far as the kernel keeps them (Linux).
 */
export function processReader(observed: ObservedProcesses, clock: Clock): () => Promise<readonly ProcessRow[]> {
  const workerCpu = new RunningMaximum();
  const postgresCpu = new RunningMaximum();

  return async () => {
    const atMs = clock.nowMs();
    const row = (role: string, instance: number, usage: ProcessUsage): ProcessRow => ({ atMs, role, instance, ...usage });
    const schedulers = await Promise.all(observed.schedulers.map((pid) => processUsage([pid])));
    // Ended children are read before the living: one that ends in between is missing now and counted in the next sample,
    // where the other order would count it twice.
    const exitedWorkersCpu = observed.schedulers.reduce((total, pid) => total + exitedChildrenCpuSeconds(pid), 0);
    const workers = await workersOf(observed.schedulers);
    const rows = schedulers.map((usage, instance) => row('scheduler', instance, usage));
    rows.push(row('workers', 0, { ...workers, cpuSeconds: workerCpu.next(exitedWorkersCpu + workers.cpuSeconds) }));
    if (observed.postmaster !== undefined) {
      const exitedBackendsCpu = exitedChildrenCpuSeconds(observed.postmaster);
      const postgres = await processUsage([observed.postmaster, ...(await descendants(observed.postmaster))]);
      rows.push(row('postgres', 0, { ...postgres, cpuSeconds: postgresCpu.next(exitedBackendsCpu + postgres.cpuSeconds) }));
    }
    const { user, system } = process.cpuUsage();
    rows.push(row('driver', 0, { processCount: 1, rssBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6 }));
    return rows;
  };
}

/** The count is of workers themselves; memory and CPU are with all that they started. */
async function workersOf(schedulers: readonly number[]): Promise<ProcessUsage> {
  const workers = (await Promise.all(schedulers.map(children))).flat();
  const below = (await Promise.all(workers.map(descendants))).flat();
  return { ...(await processUsage([...workers, ...below])), processCount: workers.length };
}

/** A cumulative counter that is put together from several readings may dip for a moment; what it counted once is counted. */
class RunningMaximum {
  private maximum = 0;

  next(value: number): number {
    this.maximum = Math.max(this.maximum, value);
    return this.maximum;
  }
}
