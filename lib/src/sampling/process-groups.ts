import type { Classify, Place, ProcessGroup } from './process-roles.ts';
import type { ProcessReading, ProcessSource } from './process-source.ts';

/** What a group of processes uses at one moment. */
export interface GroupReading extends ProcessGroup {
  readonly pids: readonly number[];
  readonly processCount: number;
  readonly rssBytes: number;
  /** User + system of all that was ever in the group; never falls. */
  readonly cpuSeconds: number;
}

/** A process that is looked for by its number. */
export interface Root {
  readonly pid: number;
  readonly group: ProcessGroup;
  readonly placeOf: (commandLine: () => string) => Place;
}

export interface GroupsOptions {
  readonly roots: readonly Root[];
  readonly classify: Classify;
  /** Told of also while they have no process. */
  readonly groups: readonly ProcessGroup[];
}

interface Known extends ProcessReading {
  readonly parentPid: number;
  readonly place: Place;
  /** Whether its parent belongs to another group: then nobody of its own group has started it. */
  readonly isFirst: boolean;
  /** CPU of processes below it that was counted while they lived, and is still to come in `exitedCpuSeconds`, where it doesn't count again. */
  owedSeconds: number;
}

interface Usage {
  readonly group: ProcessGroup;
  readonly pids: number[];
  firstCount: number;
  rssBytes: number;
  cpuSeconds: number;
}

/** A reading looks at so many processes, on average: where there are more, all are looked at in every second one, third, ... */
const processesPerReading = 50;
/** By so much a sum of the kernel's is behind: it drops what is left of a tick of 10 ms, of user and of system. */
const droppedSeconds = 0.02;

/**
 * All processes below some roots, in groups.
 *
 * All are looked at in one go, so that the sums are of one moment; where they are many that is done more rarely. CPU is counted by what it
 * rose in each process and in the kernel's sum of its children that have ended, less what of it was counted while they lived: so nothing
 * is counted twice, nothing falls when a process ends, and one that lived between two looks is counted. What was seen once is followed,
 * also when its parent has ended and the kernel has given it to another.
 */
export class ProcessGroups {
  private readonly source: ProcessSource;
  private readonly roots: readonly Root[];
  private readonly classify: Classify;
  private readonly usages = new Map<ProcessGroup, Usage>();
  private known: ReadonlyMap<number, Known> = new Map();
  private readonly rootStarts = new Map<number, number>();
  private readingsUntilDue = 0;

  constructor(source: ProcessSource, { roots, classify, groups }: GroupsOptions) {
    this.source = source;
    this.roots = roots;
    this.classify = classify;
    for (const group of groups) this.usageOf(group);
  }

  /** Looks at all; when it is not time for that yet, only at roots that are a group by themselves. */
  async read(): Promise<readonly GroupReading[]> {
    if (this.readingsUntilDue > 0) {
      this.readingsUntilDue--;
      return this.readRoots();
    }
    await this.source.begin([...this.roots.map(({ pid }) => pid), ...this.known.keys()]);
    const found = this.walk();
    this.count(found);
    this.known = found;
    this.readingsUntilDue = Math.ceil(found.size / processesPerReading) - 1;
    return [...this.usages.values()].map(({ group, pids, firstCount, rssBytes, cpuSeconds }) => ({
      ...group,
      pids,
      processCount: group.role === 'workers' ? firstCount : pids.length,
      rssBytes,
      cpuSeconds,
    }));
  }

  private readRoots(): readonly GroupReading[] {
    return this.roots.flatMap(({ pid, group }) => {
      const before = this.known.get(pid);
      const usage = this.usages.get(group);
      if (!before || !usage || before.place.below === group) return [];
      const reading = this.source.read(pid);
      const isThere = reading?.startedAt === before.startedAt;
      const cpuSeconds = usage.cpuSeconds + (isThere ? Math.max(0, reading.cpuSeconds - before.cpuSeconds) : 0);
      if (!isThere || reading.isZombie) return [{ ...group, pids: [], processCount: 0, rssBytes: 0, cpuSeconds }];
      return [{ ...group, pids: [pid], processCount: 1, rssBytes: reading.rssBytes, cpuSeconds }];
    });
  }

  private walk(): ReadonlyMap<number, Known> {
    const found = new Map<number, Known>();
    const queue: Known[] = [];
    // A parent is read before its children: one that ends in between is in its parent's sum the next time, where the other order would
    // count it twice.
    const look = (pid: number, parent: Known | undefined, placeOf: () => Place): void => {
      if (found.has(pid)) return;
      const reading = this.source.read(pid);
      if (!reading) return;
      // Whoever has the number of a root that has ended is not it.
      if (!parent && (this.rootStarts.get(pid) ?? reading.startedAt) !== reading.startedAt) return;
      if (!parent) this.rootStarts.set(pid, reading.startedAt);
      const place = placeOf();
      const isFirst = parent?.place.group !== place.group;
      const known = { ...reading, parentPid: parent?.pid ?? 0, place, isFirst, owedSeconds: 0 };
      found.set(pid, known);
      queue.push(known);
    };
    const followAll = (): void => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const parent = next;
        for (const pid of this.source.children(parent.pid))
          look(pid, parent, () => this.classify(pid, parent.place, () => this.source.commandLine(pid)));
      }
    };
    for (const { pid, placeOf } of this.roots) look(pid, undefined, () => placeOf(() => this.source.commandLine(pid)));
    followAll();
    for (const [pid, before] of this.known) {
      if (found.has(pid)) continue;
      const reading = this.source.read(pid);
      if (reading?.startedAt !== before.startedAt) continue;
      const known = { ...reading, parentPid: before.parentPid, place: before.place, isFirst: before.isFirst, owedSeconds: 0 };
      found.set(pid, known);
      queue.push(known);
      followAll();
    }
    return found;
  }

  private count(found: ReadonlyMap<number, Known>): void {
    for (const usage of this.usages.values()) Object.assign(usage, { pids: [], firstCount: 0, rssBytes: 0 });
    const isThere = ({ pid, startedAt }: Known): boolean => found.get(pid)?.startedAt === startedAt;
    const newlyOwed = new Map<number, number>();
    for (const ended of this.known.values()) {
      if (isThere(ended)) continue;
      let parent = this.known.get(ended.parentPid);
      while (parent && !isThere(parent)) parent = this.known.get(parent.parentPid);
      if (parent) newlyOwed.set(parent.pid, (newlyOwed.get(parent.pid) ?? 0) + ended.cpuSeconds + ended.exitedCpuSeconds);
    }
    for (const process of found.values()) {
      const last = this.known.get(process.pid);
      const before = last && isThere(last) ? last : undefined;
      const { group, below } = process.place;
      const usage = this.usageOf(group);
      if (!process.isZombie) {
        usage.pids.push(process.pid);
        usage.rssBytes += process.rssBytes;
        if (process.isFirst) usage.firstCount++;
      }
      usage.cpuSeconds += Math.max(0, process.cpuSeconds - (before?.cpuSeconds ?? 0));
      const exited = process.exitedCpuSeconds - (before?.exitedCpuSeconds ?? 0);
      const owedNow = newlyOwed.get(process.pid) ?? 0;
      const owed = owedNow + (before?.owedSeconds ?? 0);
      this.usageOf(below).cpuSeconds += Math.max(0, exited - owed);
      // What ended after its parent was read comes the next time; what nobody waited for never comes.
      process.owedSeconds = Math.min(Math.max(0, owed - exited), Math.max(owedNow, droppedSeconds));
    }
  }

  private usageOf(group: ProcessGroup): Usage {
    const usage = this.usages.get(group) ?? { group, pids: [], firstCount: 0, rssBytes: 0, cpuSeconds: 0 };
    this.usages.set(group, usage);
    return usage;
  }
}
