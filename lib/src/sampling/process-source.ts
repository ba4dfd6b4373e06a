/** One process at one moment. */
export interface ProcessReading {
  readonly pid: number;
  /** When it started, in a unit of the platform: tells two processes that have one number apart. */
  readonly startedAt: number;
  /** It has ended, and its parent has not asked for it yet: no process any more, but its CPU is in no sum of its parent's so far. */
  readonly isZombie: boolean;
  readonly rssBytes: number;
  /** User + system of the process itself since it began. */
  readonly cpuSeconds: number;
  /** User + system of its children that have ended and were waited for, with theirs; 0 where the platform does not tell. */
  readonly exitedCpuSeconds: number;
}

/** Where readings of processes come from. */
export interface ProcessSource {
  /** Begins a reading; `roots` are the processes at its top. */
  begin(roots: readonly number[]): Promise<void> | void;
  /** Undefined when it is gone. */
  read(pid: number): ProcessReading | undefined;
  /** The processes that a process, just read, itself has started and that live or were not waited for. */
  children(pid: number): readonly number[];
  /** Its arguments, joined by spaces; empty when it is gone. */
  commandLine(pid: number): string;
}
