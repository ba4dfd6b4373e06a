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
  readonly placeOf: (commandLineOf: (pid: number) => string) => Place;
}

export interface GroupsOptions {
  readonly roots: readonly Root[];
  readonly classify: Classify;
  /** Told of also while they have no process. */
  readonly groups: readonly ProcessGroup[];
}

interface Known {
  readonly reading: ProcessReading;
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
const processesPerReading = 40;
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
  private readonly roots: Root[];
  private readonly classify: Classify;
  private readonly usages = new Map<ProcessGroup, Usage>();
  private known: ReadonlyMap<number, Known> = new Map();
  private readonly rootStarts = new Map<number, number>();
  private readingsUntilDue = 0;
  private readonly commandLineOf = (pid: number): string => this.source.commandLine(pid);

  constructor(source: ProcessSource, { roots, classify, groups }: GroupsOptions) {
    this.source = source;
    this.roots = [...roots];
    this.classify = classify;
    for (const group of groups) this.usageOf(group);
  }

  /** Looks for this one, too: it took the place of another, whose CPU still counts. */
  addRoot(root: Root): void {
    this.roots.push(root);
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
      const isThere = reading?.startedAt === before.reading.startedAt;
      const cpuSeconds = usage.cpuSeconds + (isThere ? Math.max(0, reading.cpuSeconds - before.reading.cpuSeconds) : 0);
      if (!isThere || reading.isZombie) return [{ ...group, pids: [], processCount: 0, rssBytes: 0, cpuSeconds }];
      return [{ ...group, pids: [pid], processCount: 1, rssBytes: reading.rssBytes, cpuSeconds }];
    });
  }

  private walk(): ReadonlyMap<number, Known> {
    const found = new Map<number, Known>();
    const queue: Known[] = [];
    const add = (known: Known): void => {
      found.set(known.reading.pid, known);
      queue.push(known);
    };
    // A parent is read before its children: one that ends in between is in its parent's sum the next time, where the other order would
    // count it twice.
    const followAll = (): void => {
      for (let parent = queue.pop(); parent !== undefined; parent = queue.pop()) {
        for (const pid of this.source.children(parent.reading.pid)) {
          const reading = found.has(pid) ? undefined : this.source.read(pid);
          if (!reading) continue;
          const place = this.classify(pid, parent.place, this.commandLineOf);
          add({ reading, parentPid: parent.reading.pid, place, isFirst: parent.place.group !== place.group, owedSeconds: 0 });
        }
      }
    };
    for (const { pid, placeOf } of this.roots) {
      const reading = found.has(pid) ? undefined : this.source.read(pid);
      // Whoever has the number of a root that has ended is not it.
      if (!reading || (this.rootStarts.get(pid) ?? reading.startedAt) !== reading.startedAt) continue;
      this.rootStarts.set(pid, reading.startedAt);
      add({ reading, parentPid: 0, place: placeOf(this.commandLineOf), isFirst: true, owedSeconds: 0 });
    }
    followAll();
    for (const [pid, before] of this.known) {
      const reading = found.has(pid) ? undefined : this.source.read(pid);
      if (reading?.startedAt !== before.reading.startedAt) continue;
      add({ ...before, reading, owedSeconds: 0 });
      followAll();
    }
    return found;
  }

  private count(found: ReadonlyMap<number, Known>): void {
    for (const usage of this.usages.values()) Object.assign(usage, { pids: [], firstCount: 0, rssBytes: 0 });
    const isThere = ({ reading }: Known): boolean => found.get(reading.pid)?.reading.startedAt === reading.startedAt;
    const newlyOwed = new Map<number, number>();
    for (const ended of this.known.values()) {
      if (isThere(ended)) continue;
      let parent = this.known.get(ended.parentPid);
      while (parent && !isThere(parent)) parent = this.known.get(parent.parentPid);
      if (!parent) continue;
      const { pid } = parent.reading;
      newlyOwed.set(pid, (newlyOwed.get(pid) ?? 0) + ended.reading.cpuSeconds + ended.reading.exitedCpuSeconds);
    }
    for (const [pid, known] of found) {
      const { reading, place } = known;
      const last = this.known.get(pid);
      const before = last && isThere(last) ? last : undefined;
      const usage = this.usageOf(place.group);
      if (!reading.isZombie) {
        usage.pids.push(pid);
        usage.rssBytes += reading.rssBytes;
        if (known.isFirst) usage.firstCount++;
      }
      usage.cpuSeconds += Math.max(0, reading.cpuSeconds - (before?.reading.cpuSeconds ?? 0));
      const exited = reading.exitedCpuSeconds - (before?.reading.exitedCpuSeconds ?? 0);
      const owedNow = newlyOwed.get(pid) ?? 0;
      const owed = owedNow + (before?.owedSeconds ?? 0);
      this.usageOf(place.below).cpuSeconds += Math.max(0, exited - owed);
      // What ended after its parent was read comes the next time; what nobody waited for never comes.
      known.owedSeconds = Math.min(Math.max(0, owed - exited), Math.max(owedNow, droppedSeconds));
    }
  }

  private usageOf(group: ProcessGroup): Usage {
    const usage = this.usages.get(group) ?? { group, pids: [], firstCount: 0, rssBytes: 0, cpuSeconds: 0 };
    this.usages.set(group, usage);
    return usage;
  }
}
