import { isMainThread } from 'node:worker_threads';
import type { Row } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';
import { LinuxProcesses, ownRssReader } from './linux-processes.ts';
import { PortableProcesses } from './portable-processes.ts';
import { type GroupReading, ProcessGroups, type Root } from './process-groups.ts';
import { type Place, type RoleOfCommand, RolePatterns, placeWithin, processGroup, workers } from './process-roles.ts';
import type { ProcessSource } from './process-source.ts';
import { pssReader } from './proportional-set-size.ts';
import { wakeUpReader } from './wake-ups.ts';

/** Which processes to read. */
export interface ObservedProcesses {
  /** In order of their instance. */
  readonly schedulers: readonly number[];
  /** Which processes below the schedulers are no workers. Default: all are. */
  readonly rolePatterns?: readonly RoleOfCommand[];
  /** Processes of the engine's own beside the schedulers; what they start is of their role, too. */
  readonly others?: readonly { readonly role: string; readonly pid: number }[];
  /** The Postgres server, where it runs on this machine. */
  readonly postmaster?: number;
}

/** Processes that took the place of others. */
export interface FollowedProcesses {
  readonly scheduler?: { readonly instance: number; readonly pid: number };
  readonly postmaster?: number;
}

type ProcessRow = Row<'processes'>;

/** The Postgres backends that serve orchlab itself: they are in no figure of Postgres. */
export const ownBackendsRole = 'own-backends';

/** What is read of a group once a second at most. */
interface RareReaders {
  readonly pss: (pids: readonly number[]) => number;
  readonly wakeUps: (pids: readonly number[]) => number;
}

/** Reads the processes of an experiment. */
export interface ProcessReader {
  /** A row each group that was looked at: scheduler, workers, a further role, Postgres, driver; in a thread also the sampler, which is that thread. */
  read(): Promise<readonly ProcessRow[]>;
  /** Reads these, too, from now on: each counts with the one whose place it took. */
  follow(processes: FollowedProcesses): void;
  /** What the reader of the figures should know, a sentence each. */
  warnings(): readonly string[];
}

/**
 * Makes a reader of the engine's processes, of Postgres', and of this one.
 *
 * Workers are the children of the schedulers, and what those started; `processCount` is of workers themselves, in the other roles of all
 * processes. CPU counts processes that have ended: see ProcessGroups. Missing are processes that lived between two looks and whose
 * parent did not wait for them, and on other systems than Linux whatever lived between two looks. `ownBackends` tells the pids of the
 * backends that serve orchlab.
 */
export function processReader(
  observed: ObservedProcesses,
  clock: Clock,
  ownBackends: () => ReadonlySet<number> = () => new Set(),
  newSource: () => ProcessSource = () => (process.platform === 'linux' ? new LinuxProcesses() : new PortableProcesses()),
): ProcessReader {
  const roles = new RolePatterns(observed.rolePatterns ?? []);
  const engine = engineGroups(observed, roles, newSource());
  const server = postgresGroups(observed, ownBackends, newSource);
  const all = [engine, ...server];
  const rareReaders = new Map<string, RareReaders>();
  const readOwnRss = process.platform === 'linux' ? ownRssReader() : () => process.memoryUsage.rss();
  const toRow = (atMs: number, { role, instance, pids, processCount, rssBytes, cpuSeconds }: GroupReading): ProcessRow => {
    const row = { atMs, role, instance, processCount, rssBytes, pssBytes: Number.NaN, cpuSeconds, wakeUps: Number.NaN };
    // Nobody asks for that, and reading it costs as much as for any other group.
    if (role === ownBackendsRole) return row;
    const key = `${role} ${instance}`;
    const read = rareReaders.get(key) ?? { pss: pssReader(clock), wakeUps: wakeUpReader(clock) };
    rareReaders.set(key, read);
    return { ...row, pssBytes: read.pss(pids), wakeUps: read.wakeUps(pids) };
  };

  return {
    async read() {
      const atMs = clock.nowMs();
      const rows: ProcessRow[] = [];
      for (const groups of all) for (const reading of await groups.read()) rows.push(toRow(atMs, reading));
      return [...rows, ...ownRows(atMs, readOwnRss())];
    },
    follow({ scheduler, postmaster }) {
      if (scheduler) engine.addRoot(schedulerRoot(roles, scheduler.instance, scheduler.pid));
      if (postmaster !== undefined) for (const groups of server) groups.addRoot(postgresRoot(postmaster));
    },
    warnings: () =>
      roles
        .unmatched()
        .map((role) => `No process below the scheduler was of the role ${role}: none had arguments as the target's pattern for it.`),
  };
}

function engineGroups(
  { schedulers, others = [], rolePatterns = [] }: ObservedProcesses,
  roles: RolePatterns,
  source: ProcessSource,
): ProcessGroups {
  const schedulerGroups = schedulers.map((_, instance) => processGroup('scheduler', instance));
  const roots: Root[] = [
    ...schedulers.map((pid, instance) => schedulerRoot(roles, instance, pid)),
    ...others.map(({ role, pid }) => ({ pid, placeOf: () => placeWithin(processGroup(role)), group: processGroup(role) })),
  ];
  const named = [...rolePatterns, ...others].filter(({ role }) => role !== 'scheduler').map(({ role }) => processGroup(role));
  return new ProcessGroups(source, { roots, classify: roles.classify, groups: [...schedulerGroups, workers, ...named] });
}

function schedulerRoot(roles: RolePatterns, instance: number, pid: number): Root {
  const group = processGroup('scheduler', instance);
  return { pid, placeOf: (commandLineOf) => roles.root(group, () => commandLineOf(pid)), group };
}

function postgresRoot(pid: number): Root {
  const server = placeWithin(processGroup('postgres'));
  return { pid, placeOf: () => server, group: server.group };
}

function postgresGroups(
  { postmaster }: ObservedProcesses,
  ownBackends: () => ReadonlySet<number>,
  newSource: () => ProcessSource,
): readonly ProcessGroups[] {
  if (postmaster === undefined) return [];
  const [server, own] = [placeWithin(processGroup('postgres')), placeWithin(processGroup(ownBackendsRole))];
  const classify = (pid: number): Place => (ownBackends().has(pid) ? own : server);
  return [new ProcessGroups(newSource(), { roots: [postgresRoot(postmaster)], classify, groups: [server.group, own.group] })];
}

/** This process, without and with only the thread that samples. */
function ownRows(atMs: number, rssBytes: number): readonly ProcessRow[] {
  const seconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;
  const all = seconds(process.cpuUsage());
  const sampler = isMainThread ? 0 : seconds(process.threadCpuUsage());
  const row = { atMs, instance: 0, pssBytes: Number.NaN, wakeUps: Number.NaN };
  const driver = { ...row, role: 'driver', processCount: 1, rssBytes, cpuSeconds: all - sampler };
  // A thread has no memory of its own that the kernel could tell from the driver's.
  return isMainThread ? [driver] : [driver, { ...row, role: 'sampler', processCount: 0, rssBytes: Number.NaN, cpuSeconds: sampler }];
}
