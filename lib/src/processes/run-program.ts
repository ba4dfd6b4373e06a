import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import { LimitError, withLimit } from '../timing/with-limit.ts';
import type { ProtectGroup } from './guard.ts';
import { tailOf } from './output-tail.ts';
import { stopProcess } from './stop-process.ts';

export interface ProgramOptions {
  readonly cwd?: string;
  /** Beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from stdin. Default: nothing. */
  readonly input?: string;
  /** It is stopped after this time. */
  readonly seconds: number;
  /** Stops it. */
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** Has it lead a process group of its own, which is protected while it runs, and stopped as a whole. Default: it is stopped alone. */
  readonly protect?: ProtectGroup;
}

export interface ProgramResult {
  /** How it failed, for instance `ended with exit code 7` or `took longer than 20 s`; undefined when it ended with 0. */
  readonly problem?: string;
  /** Whether it could be started at all. */
  readonly isStarted: boolean;
  /** The end of what it wrote to stdout. */
  readonly stdout: string;
  /** The end of what it wrote to stdout and stderr, as it came. */
  readonly output: string;
}

const keptCharacters = 100_000;
const graceMs = 500;

/** Runs a program to its end and tells how that went; rejects only when `protect` throws, after stopping it. */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const { cwd, env, input, seconds, signal, onLine, protect } = options;
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: protect !== undefined,
  });
  // Together with its output: 'exit' comes before the last of it.
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const [stdout, output] = [tailOf([child.stdout], keptCharacters), tailOf([child.stdout, child.stderr], keptCharacters)];
  if (onLine) for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  // The program may end before it has read everything; its exit tells more than the broken pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const result = (problem?: string): ProgramResult => ({
    ...(problem !== undefined && { problem }),
    isStarted: child.pid !== undefined,
    stdout: stdout(),
    output: output(),
  });
  try {
    const release = child.pid === undefined ? undefined : protect?.(child.pid);
    const [code, endedBy] = await withLimit(closed, seconds, program, signal);
    release?.();
    return code === 0 ? result() : result(`ended with ${endedBy ?? `exit code ${code}`}`);
  } catch (error) {
    await stop(child, protect !== undefined);
    if (error instanceof LimitError) return result(`took longer than ${seconds} s`);
    if (signal?.aborted) return result('was stopped');
    if (child.pid === undefined) return result(`could not be started: ${(error as Error).message}`);
    throw error;
  }
}

async function stop(child: ChildProcessByStdio<Writable, Readable, Readable>, processGroup: boolean): Promise<void> {
  // One that can't be stopped stays protected: that the program took too long, or what else went wrong, is what there is to say.
  await stopProcess(child, { processGroup, graceMs }).catch(() => undefined);
  // A process that has left the group may hold their other ends for ever.
  child.stdout.destroy();
  child.stderr.destroy();
}
