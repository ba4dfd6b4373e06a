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
/** Known processes read anew in one reading, about; of more, each has its turn in every second reading, third, ... */
const turnsPerReading = 50;
/** More processes than that are read by opening their files each time. */
const openFileLimit = 2000;

/**
 * Reads processes from /proc, synchronously and with files kept open from one reading to the next.
 *
 * pidusage reads the same file, but asynchronously and one process at a time: with a hundred workers ten times a second its promises
 * and its thread pool cost several percent of a core, a read of an open file costs 4 µs. An open file also stays with its process: when
 * that has ended it can't be read, whoever has its number by then.
 *
 * A reading's price is bounded: where more than 50 processes live, those that were there before are read in turns, and what is told of
 * one may be some readings old (of 200, four). New ones and those asked for as `root` are always read, and one that has ended is never
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
    const text = files ? this.readText(files.stat) : undefined;
    if (text === undefined || text === '') {
      if (files) this.forget(pid, files);
      return undefined;
    }
    // Fields are counted from behind the name, which may hold spaces and parentheses; the first one there is field 3 of proc_pid_stat(5).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    const reading = {
      pid,
      threads: field(20),
      rssBytes: field(24) * this.pageBytes,
      cpuSeconds: (field(14) + field(15)) / ticksPerSecond,
      exitedCpuSeconds: (field(16) + field(17)) / ticksPerSecond,
    };
    if (files) {
      files.reading = reading;
      files.childPids = this.readChildren(files, reading);
    }
    return reading;
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
    return files.children.flatMap((file) => toNumbers(this.readText(file) ?? ''));
  }

  close(): void {
    for (const [pid, files] of this.files) this.forget(pid, files);
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

  /** The whole of a file of /proc, from its beginning; undefined when its process has ended. */
  private readText(file: number): string | undefined {
    try {
      for (;;) {
        const length = readSync(file, this.buffer, 0, this.buffer.length, 0);
        if (length < this.buffer.length) return this.buffer.toString('latin1', 0, length);
        this.buffer = Buffer.allocUnsafe(2 * this.buffer.length);
      }
    } catch {
      return undefined;
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

function toNumbers(text: string): number[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(' ').map(Number);
}
