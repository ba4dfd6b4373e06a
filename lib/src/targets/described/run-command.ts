import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { ProtectGroup } from '../../processes/guard.ts';
import { stopProcess } from '../../processes/stop-process.ts';
import { LimitError, withLimit } from '../../timing/with-limit.ts';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** The command leads a process group, which must not outlive this process. */
  readonly protect: ProtectGroup;
}

const outputLimit = 100_000;
const shownLines = 8;

/**
 * Runs a program to its end and resolves with what it wrote to stdout.
 *
 * Throws when it can't be started, fails, or takes longer than `seconds` (then its process group is stopped first); the message has
 * the end of its output.
 */
export async function runCommand(argv: readonly string[], { cwd, env, seconds, protect }: CommandOptions): Promise<string> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  let stdout = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout = (stdout + chunk).slice(-outputLimit);
    output = (output + chunk).slice(-outputLimit);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output = (output + chunk).slice(-outputLimit)));
  let reason: string;
  try {
    const release = child.pid === undefined ? undefined : protect(child.pid);
    const [code, signal] = await withLimit(closed, seconds, program);
    release?.();
    if (code === 0) return stdout;
    reason = `ended with ${signal ?? `exit code ${code}`}`;
  } catch (error) {
    await stop(child);
    if (!(error instanceof LimitError)) throw error;
    reason = `took longer than ${seconds} s`;
  }
  throw new Error(`${reason}${endOf(output)}`);
}

async function stop(child: ChildProcessByStdio<null, Readable, Readable>): Promise<void> {
  // One that can't be stopped stays protected: that the command took too long, or what else went wrong, is what there is to say.
  await stopProcess(child, { processGroup: true, graceMs: 500 }).catch(() => undefined);
  // A process that has left the group may hold their other ends for ever.
  child.stdout.destroy();
  child.stderr.destroy();
}

function endOf(output: string): string {
  const lines = output.trim().split('\n').slice(-shownLines);
  return lines.join('') === '' ? '' : `:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
