import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The program is killed after this time. */
  readonly timeoutSeconds: number;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface ProgramResult {
  /** 0 when all went well; undefined when the program could not be started, was killed or took too long. */
  readonly code: number | undefined;
  /** The last lines of what it printed. */
  readonly output: string;
  readonly problem?: 'not-found' | 'timeout' | 'killed';
}

const keptLines = 40;

/** Runs a program to its end and tells how it went; never throws for what the program does. */
export async function runProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const { promise, resolve } = Promise.withResolvers<ProgramResult>();
  const lines: string[] = [];
  const deadline = AbortSignal.timeout(options.timeoutSeconds * 1000);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    killSignal: 'SIGKILL',
    signal,
  });
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      options.onLine?.(line);
    });
  }
  const finish = (code: number | null, problem?: ProgramResult['problem']): void =>
    resolve({ code: code ?? undefined, output: lines.join('\n'), ...(problem && { problem }) });
  child.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') finish(null, 'not-found');
  });
  child.on('close', (code) => {
    if (code !== null) finish(code);
    else finish(null, deadline.aborted ? 'timeout' : 'killed');
  });
  return promise;
}
