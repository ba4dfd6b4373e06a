import { isMainThread } from 'node:worker_threads';
import type { Row } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';
import { LinuxProcesses, type ProcessReading } from './linux-processes.ts';
import { children, descendants } from './process-tree.ts';
import { type ProcessUsage, processUsage } from './process-usage.ts';
import { pssReader } from './proportional-set-size.ts';
import { sum } from './sum.ts';

/** Which processes to read. */
export interface ObservedProcesses {
  /** In order of their instance. */
  readonly schedulers: readonly number[];
  /** The Postgres server, where it runs on this machine. */
  readonly postmaster?: number;
}

type ProcessRow = Row<'processes'>;

/** A group of processes, and which they are. */
interface GroupUsage extends ProcessUsage {
  readonly pids: readonly number[];
}

interface AllUsage {
  readonly schedulers: readonly GroupUsage[];
  readonly workers: GroupUsage;
  readonly postgres?: GroupUsage;
  /** Of this process. */
  readonly rssBytes: number;
}

/**
 * Makes a function that reads all groups once: a row each scheduler, one for all workers, one for Postgres, one for the driver, and in
 * a thread one for the sampler, which is that thread.
 *
 * Workers are the children of the schedulers, and what those started. On Linux their CPU seconds, and those of Postgres, count
 * processes that have ended, by the kernel's sums of what each process's children used (cutime, cstime): also of one that lived a
 * millisecond. Missing are processes whose parent does not wait for them, which the kernel gives to another parent (double fork), and
 * on other systems whatever ended between two samples.
 */
export function processReader(observed: ObservedProcesses, clock: Clock): () => Promise<readonly ProcessRow[]> {
  const readAll = process.platform === 'linux' ? linuxReader(observed) : async () => portableReading(observed);
  const workerCpu = new RunningMaximum();
  const postgresCpu = new RunningMaximum();
  const schedulerPss = observed.schedulers.map(() => pssReader(clock));
  const workersPss = pssReader(clock);
  const postgresPss = pssReader(clock);

  return async () => {
    const atMs = clock.nowMs();
    const row = (role: string, instance: number, usage: ProcessUsage, pssBytes = Number.NaN): ProcessRow => {
      const { processCount, rssBytes, cpuSeconds } = usage;
      return { atMs, role, instance, processCount, rssBytes, pssBytes, cpuSeconds };
    };
    const { schedulers, workers, postgres, rssBytes } = await readAll();
    const rows = schedulers.map((usage, instance) => row('scheduler', instance, usage, schedulerPss[instance]?.(usage.pids)));
    rows.push(row('workers', 0, { ...workers, cpuSeconds: workerCpu.next(workers.cpuSeconds) }, workersPss(workers.pids)));
    if (postgres)
      rows.push(row('postgres', 0, { ...postgres, cpuSeconds: postgresCpu.next(postgres.cpuSeconds) }, postgresPss(postgres.pids)));
    for (const [role, usage] of ownUsage(rssBytes)) rows.push(row(role, 0, usage));
    return rows;
  };
}

/** This process, without and with only the thread that samples. */
function ownUsage(rssBytes: number): (readonly [role: string, usage: ProcessUsage])[] {
  const seconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;
  const all = seconds(process.cpuUsage());
  if (isMainThread) return [['driver', { processCount: 1, rssBytes, cpuSeconds: all }]];
  const sampler = seconds(process.threadCpuUsage());
  return [
    ['driver', { processCount: 1, rssBytes, cpuSeconds: all - sampler }],
    // It has no memory of its own that the kernel could tell from the driver's.
    ['sampler', { processCount: 0, rssBytes: Number.NaN, cpuSeconds: sampler }],
  ];
}

function linuxReader(observed: ObservedProcesses): () => Promise<AllUsage> {
  const processes = new LinuxProcesses();
  // A parent is read before its children: one that ends in between is missing now and in its parent's sum the next time, where the
  // other order would count it twice.
  const belowOf = (parent: ProcessReading): ProcessReading[] => {
    const found: ProcessReading[] = [];
    const queue = [parent];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const below = processes.children(next).flatMap((pid) => processes.read(pid) ?? []);
      found.push(...below);
      queue.push(...below);
    }
    return found;
  };
  const withExited = ({ cpuSeconds, exitedCpuSeconds }: ProcessReading): number => cpuSeconds + exitedCpuSeconds;

  return async () => {
    processes.begin();
    const schedulers = observed.schedulers.map((pid) => processes.root(pid));
    const present = schedulers.filter((scheduler) => scheduler !== undefined);
    const first = present.flatMap((scheduler) => processes.children(scheduler).flatMap((pid) => processes.read(pid) ?? []));
    const workers = [...first, ...first.flatMap(belowOf)];
    const exited = sum(present.map(({ exitedCpuSeconds }) => exitedCpuSeconds));
    const postmaster = observed.postmaster === undefined ? undefined : processes.root(observed.postmaster);
    const server = postmaster && [postmaster, ...belowOf(postmaster)];
    return {
      schedulers: schedulers.map((scheduler) => {
        const found = scheduler ? [scheduler] : [];
        return groupUsage(found, sum(found.map(({ cpuSeconds }) => cpuSeconds)));
      }),
      workers: { ...groupUsage(workers, exited + sum(workers.map(withExited))), processCount: first.length },
      ...(server && { postgres: groupUsage(server, sum(server.map(withExited))) }),
      // What process.memoryUsage.rss() says, for a thirtieth of its price.
      rssBytes: processes.rssBytes(process.pid),
    };
  };
}

function groupUsage(processes: readonly ProcessReading[], cpuSeconds: number): GroupUsage {
  return {
    pids: processes.map(({ pid }) => pid),
    processCount: processes.length,
    rssBytes: sum(processes.map(({ rssBytes }) => rssBytes)),
    cpuSeconds,
  };
}

/** The count is of workers themselves; memory and CPU are with all that they started. */
async function portableReading({ schedulers, postmaster }: ObservedProcesses): Promise<AllUsage> {
  const usageOf = async (pids: readonly number[]): Promise<GroupUsage> => ({ ...(await processUsage(pids)), pids });
  const workers = (await Promise.all(schedulers.map(children))).flat();
  const below = (await Promise.all(workers.map(descendants))).flat();
  return {
    schedulers: await Promise.all(schedulers.map(async (pid) => usageOf([pid]))),
    workers: { ...(await usageOf([...workers, ...below])), processCount: workers.length },
    ...(postmaster !== undefined && { postgres: await usageOf([postmaster, ...(await descendants(postmaster))]) }),
    rssBytes: process.memoryUsage.rss(),
  };
}

/** A cumulative counter that is put together from several readings may dip for a moment; what it counted once is counted. */
class RunningMaximum {
  private maximum = 0;

  next(value: number): number {
    this.maximum = Math.max(this.maximum, value);
    return this.maximum;
  }
}
