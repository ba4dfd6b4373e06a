import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readSync, readdirSync } from 'node:fs';

/** One process at one moment, from /proc/<pid>/stat. */
export interface ProcessReading {
  readonly pid: number;
  readonly threads: number;
  readonly rssBytes: number;
  /** User + system of the process itself since it began. */
  readonly cpuSeconds: number;
  /** User + system of its children that have ended and were waited for, with theirs. */
  readonly exitedCpuSeconds: number;
}

interface OpenFiles {
  readonly stat: number;
  /** One a thread; read anew when the number of threads changes. */
  children: readonly number[];
  usedIn: number;
  /** As they were when it was read last. */
  reading: ProcessReading | undefined;
  childPids: readonly number[];
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;
const zero = '0'.charCodeAt(0);
/** Known processes read anew in one reading, about; of more, each has its turn in every second reading, third, ... */
const turnsPerReading = 25;
/** Where processes have turns, those without children are asked for them in every third of theirs. */
const leafTurns = 3;
/** More processes than that are read by opening their files each time. */
const openFileLimit = 2000;

/**
 * Reads processes from /proc, synchronously and with files kept open from one reading to the next.
 *
 * pidusage reads the same file, but asynchronously and one process at a time: with a hundred workers ten times a second its promises
 * and its thread pool cost several percent of a core, a read of an open file costs 4 µs. An open file also stays with its process: when
 * that has ended it can't be read, whoever has its number by then.
 *
 * A reading's price is bounded: where more than 25 processes live, those that were there before are read in turns, and what is told of
 * one may be some readings old (of 200, eight). New ones and those asked for as `root` are always read, and one that has ended is never
 * told of beside its parent's sums that count it, as a parent's children are as new as its sums.
 */
export class LinuxProcesses {
  private readonly files = new Map<number, OpenFiles>();
  private readonly pageBytes = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
  private buffer = Buffer.allocUnsafe(4096);
  private reading = 0;
  private turns = 1;

  /** Begins a reading: files of processes that the one before did not come across are closed. */
  begin(): void {
    for (const [pid, files] of this.files) if (files.usedIn < this.reading) this.forget(pid, files);
    this.reading++;
    this.turns = Math.ceil(this.files.size / turnsPerReading);
  }

  /** A process that others are counted by: always read anew. */
  root(pid: number): ProcessReading | undefined {
    return this.read(pid, true);
  }

  /** Undefined when it is gone. A process that has ended but was not waited for is still there. */
  read(pid: number, always = false): ProcessReading | undefined {
    const files = this.open(pid);
    if (files?.reading && !always && (this.reading + pid) % this.turns !== 0) return files.reading;
    const stat = files && this.readStat(files);
    if (!stat) {
      if (files) this.forget(pid, files);
      return undefined;
    }
    const reading = {
      pid,
      threads: stat(20),
      rssBytes: stat(24) * this.pageBytes,
      cpuSeconds: (stat(14) + stat(15)) / ticksPerSecond,
      exitedCpuSeconds: (stat(16) + stat(17)) / ticksPerSecond,
    };
    if (files) {
      const isNew = files.reading === undefined;
      files.reading = reading;
      // One of many that has started no process so far is asked less often whether it has.
      const isAsked = isNew || always || files.childPids.length > 0 || (this.reading + pid) % (leafTurns * this.turns) === 0;
      if (isAsked || this.turns === 1) files.childPids = this.readChildren(files, reading);
    }
    return reading;
  }

  /** Memory of a process whose CPU and children are not asked for; NaN when it is gone. */
  rssBytes(pid: number): number {
    const files = this.open(pid);
    const pages = files && this.readStat(files)?.(24);
    return pages === undefined ? Number.NaN : pages * this.pageBytes;
  }

  /** The processes that it itself had started and that lived when it was read. */
  children({ pid }: ProcessReading): readonly number[] {
    return this.files.get(pid)?.childPids ?? [];
  }

  private readChildren(files: OpenFiles, { pid, threads }: ProcessReading): readonly number[] {
    if (files.children.length !== threads) {
      for (const file of files.children) closeSync(file);
      files.children = openChildren(pid, threads);
    }
    const pids: number[] = [];
    for (const file of files.children) {
      const length = this.readFile(file);
      if (length > 0) pids.push(...numbers(this.buffer, 0, length));
    }
    return pids;
  }

  private open(pid: number): OpenFiles | undefined {
    const known = this.files.get(pid);
    if (known) {
      known.usedIn = this.reading;
      return known;
    }
    try {
      const files = { stat: openSync(`/proc/${pid}/stat`, 'r'), children: [], usedIn: this.reading, reading: undefined, childPids: [] };
      this.files.set(pid, files);
      // Beyond the limit it is kept for this reading only.
      if (this.files.size > openFileLimit) files.usedIn = this.reading - 1;
      return files;
    } catch {
      return undefined;
    }
  }

  private forget(pid: number, files: OpenFiles): void {
    this.files.delete(pid);
    for (const file of [files.stat, ...files.children]) closeSync(file);
  }

  private readStat(files: OpenFiles): ((field: number) => number) | undefined {
    const length = this.readFile(files.stat);
    return length > 0 ? numbersBehindName(this.buffer, length) : undefined;
  }

  /** Reads a file of /proc from its beginning into the buffer. Its length; 0 when its process has ended. */
  private readFile(file: number): number {
    try {
      for (;;) {
        const length = readSync(file, this.buffer, 0, this.buffer.length, 0);
        if (length < this.buffer.length) return length;
        this.buffer = Buffer.allocUnsafe(2 * this.buffer.length);
      }
    } catch {
      return 0;
    }
  }
}

/** Children are kept by thread: any of a process's threads may have started them. */
function openChildren(pid: number, threads: number): number[] {
  const files: number[] = [];
  try {
    const names = threads === 1 ? [String(pid)] : readdirSync(`/proc/${pid}/task`);
    for (const thread of names) files.push(openSync(`/proc/${pid}/task/${thread}/children`, 'r'));
  } catch {
    // gone meanwhile: the next reading opens what there is then
  }
  return files;
}

/** Gives a field of proc_pid_stat(5) by its number, 4 to 24. The name before them may hold spaces and parentheses. */
function numbersBehindName(stat: Buffer, length: number): (field: number) => number {
  const nameEnd = stat.subarray(0, length).lastIndexOf(')');
  const fields = numbers(stat, nameEnd + ') S '.length, length, 21);
  return (field) => fields[field - 4] ?? Number.NaN;
}

/**
 * The first numbers, at most `limit`, in text of digits and spaces; signs are passed over. From the bytes themselves: hundreds of these
 * files are read a second, and making strings of their fifty fields cost more than reading them.
 */
function numbers(text: Buffer, start: number, end: number, limit = Number.POSITIVE_INFINITY): number[] {
  const found: number[] = [];
  let value = -1;
  for (let index = start; index < end && found.length < limit; index++) {
    const digit = (text[index] ?? 0) - zero;
    if (digit >= 0 && digit <= 9) value = (value < 0 ? 0 : 10 * value) + digit;
    else if (value >= 0) {
      found.push(value);
      value = -1;
    }
  }
  if (value >= 0) found.push(value);
  return found;
}
