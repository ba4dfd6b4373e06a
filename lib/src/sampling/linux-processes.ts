import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readSync, readdirSync } from 'node:fs';
import type { ProcessReading, ProcessSource } from './process-source.ts';

/** USER_HZ is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;
const zero = '0'.charCodeAt(0);
/** So many processes' files are kept open (four each, or more for those with threads); of more, they are opened for each reading. */
const keptProcesses = 500;

/**
 * Reads processes from /proc, synchronously and with files kept open from one reading to the next.
 *
 * pidusage reads the same files, but asynchronously and one process at a time: with a hundred workers ten times a second its promises
 * and its thread pool cost several percent of a core, a read of an open file costs 1 µs. An open file also stays with its process: when
 * that has ended it can't be read, whoever has its number by then.
 *
 * Memory is that of `statm`, which sums up all its counters on recent kernels, as `status` and `smaps_rollup` do; `stat` tells an
 * estimate that is up to some hundred KB off. CPU of a process with one thread comes from `schedstat`, to the nanosecond: `stat` drops up
 * to 20 ms of each, and with a thousand that end at once this came all together, in their parent's sum.
 */
export class LinuxProcesses implements ProcessSource {
  private readonly files = new Map<number, ProcessFiles>();
  private readonly pageBytes = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
  private reading = 0;

  /** Begins a reading: files of processes that the one before did not come across are closed. */
  begin(): void {
    for (const [pid, files] of this.files) if (files.usedIn < this.reading) this.forget(pid, files);
    this.reading++;
  }

  read(pid: number): ProcessReading | undefined {
    const known = this.files.get(pid);
    const reading = this.readOpen(pid);
    if (reading || !known) return reading;
    // Its files were those of a process that has ended: another may have its number by now.
    return this.readOpen(pid);
  }

  children(pid: number): readonly number[] {
    return this.files.get(pid)?.readChildren() ?? [];
  }

  commandLine(pid: number): string {
    const file = new ProcFile(`/proc/${pid}/cmdline`, false);
    return file
      .readAll()
      .map((text) => text.toString('utf8'))
      .join('')
      .replaceAll('\0', ' ')
      .trim();
  }

  private readOpen(pid: number): ProcessReading | undefined {
    const files = this.files.get(pid) ?? new ProcessFiles(pid, this.files.size < keptProcesses);
    files.usedIn = this.reading;
    this.files.set(pid, files);
    // Before the rest: what it does from here on shows the next time.
    const hasRun = files.hasRun();
    if (files.reading && !hasRun) return files.reading;
    files.forgetChildren();
    const text = files.stat.read();
    if (!text) {
      this.forget(pid, files);
      return undefined;
    }
    // proc_pid_stat(5): the name before the state may hold spaces and parentheses.
    const nameEnd = text.lastIndexOf(')');
    const state = String.fromCharCode(text[nameEnd + 2] ?? 0);
    const fields = numbers(text, nameEnd + ') S '.length, text.length, 19);
    const field = (number: number): number => fields[number - 4] ?? Number.NaN;
    files.threads = field(20);
    // Of a process whose first thread has ended while others go on, that thread is a zombie, not the process.
    const isZombie = (state === 'Z' || state === 'X') && files.threads <= 1;
    const cpuSeconds = (field(14) + field(15)) / ticksPerSecond;
    files.reading = {
      pid,
      startedAt: field(22),
      isZombie,
      rssBytes: isZombie ? 0 : (files.statm.readNumbers(2)[1] ?? 0) * this.pageBytes,
      cpuSeconds: files.threads <= 1 ? Math.max(cpuSeconds, files.runSeconds) : cpuSeconds,
      exitedCpuSeconds: (field(16) + field(17)) / ticksPerSecond,
    };
    return files.reading;
  }

  private forget(pid: number, files: ProcessFiles): void {
    this.files.delete(pid);
    files.close();
  }
}

/** Reads how much memory this process has: what process.memoryUsage.rss() says, for a thirtieth of its price. */
export function ownRssReader(): () => number {
  const processes = new LinuxProcesses();
  return () => processes.read(process.pid)?.rssBytes ?? Number.NaN;
}

/** The files of one process. */
class ProcessFiles {
  readonly stat: ProcFile;
  readonly statm: ProcFile;
  readonly schedstat: ProcFile;
  threads = 1;
  /** As it was when it was read last. */
  reading: ProcessReading | undefined;
  /** One a thread, as any of them may have started processes; opened anew when the number of threads changes. */
  private children: readonly ProcFile[] = [];
  private childPids: readonly number[] | undefined;
  private runNanoseconds = 0;
  private timeSlices = 0;
  usedIn = 0;
  private readonly pid: number;
  private readonly isKept: boolean;

  constructor(pid: number, isKept: boolean) {
    this.pid = pid;
    this.isKept = isKept;
    const file = (name: string): ProcFile => new ProcFile(`/proc/${pid}/${name}`, isKept);
    this.stat = file('stat');
    this.statm = file('statm');
    this.schedstat = file('schedstat');
  }

  /** For how long its first thread had run when `hasRun` was asked. */
  get runSeconds(): number {
    return this.runNanoseconds / 1e9;
  }

  /** False where a process of one thread has not run since that was asked last: then nothing about it has changed, neither its children. */
  hasRun(): boolean {
    if (this.threads > 1) return true;
    // schedstat: run time, time on the run queue, time slices; zeros where the kernel doesn't keep them, nothing when it has ended
    const [runNanoseconds = 0, , timeSlices = 0] = this.schedstat.readNumbers(3);
    const isSame = timeSlices > 0 && runNanoseconds === this.runNanoseconds && timeSlices === this.timeSlices;
    this.runNanoseconds = runNanoseconds;
    this.timeSlices = timeSlices;
    return !isSame;
  }

  /** The processes that it has started and not waited for. */
  readChildren(): readonly number[] {
    return (this.childPids ??= this.openChildren().flatMap((file) => file.readAll().flatMap((text) => numbers(text, 0, text.length))));
  }

  forgetChildren(): void {
    this.childPids = undefined;
  }

  private openChildren(): readonly ProcFile[] {
    if (this.children.length === this.threads) return this.children;
    for (const file of this.children) file.close();
    this.children = threadsOf(this.pid, this.threads).map(
      (thread) => new ProcFile(`/proc/${this.pid}/task/${thread}/children`, this.isKept),
    );
    return this.children;
  }

  close(): void {
    for (const file of [this.stat, this.statm, this.schedstat, ...this.children]) file.close();
  }
}

function threadsOf(pid: number, threads: number): readonly string[] {
  if (threads <= 1) return [String(pid)];
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // gone meanwhile: the next reading looks again
  }
}

/** The kernel gives at most a page at a time. */
const buffer = Buffer.allocUnsafe(65_536);

/** A file of /proc, opened when it is read first, and kept open if that is asked for. */
class ProcFile {
  private readonly path: string;
  private readonly isKept: boolean;
  private descriptor: number | undefined;

  constructor(path: string, isKept: boolean) {
    this.path = path;
    this.isKept = isKept;
  }

  /** Its first page, valid until the next read of any; undefined when its process has ended. */
  read(): Buffer | undefined {
    try {
      this.descriptor ??= openSync(this.path, 'r');
      const length = readSync(this.descriptor, buffer, 0, buffer.length, 0);
      return length > 0 ? buffer.subarray(0, length) : undefined;
    } catch {
      return undefined;
    } finally {
      if (!this.isKept) this.close();
    }
  }

  /** The first numbers in it; none when its process has ended. */
  readNumbers(limit: number): readonly number[] {
    const text = this.read();
    return text ? numbers(text, 0, text.length, limit) : [];
  }

  /** All of it, page by page: the list of a process with many children is longer than what one read gives. */
  readAll(): readonly Buffer[] {
    const pages: Buffer[] = [];
    try {
      this.descriptor ??= openSync(this.path, 'r');
      for (let position = 0; ;) {
        const length = readSync(this.descriptor, buffer, 0, buffer.length, position);
        if (length === 0) return pages;
        pages.push(Buffer.from(buffer.subarray(0, length)));
        position += length;
      }
    } catch {
      return pages;
    } finally {
      if (!this.isKept) this.close();
    }
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }
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
