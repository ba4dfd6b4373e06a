import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stopProcess } from '../../processes/stop-process.ts';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly seconds: number;
}

const outputLimit = 100_000;
const shownLines = 8;

/**
 * Runs a program to its end and resolves with what it wrote to stdout.
 *
 * Throws when it can't be started, fails, or takes longer than `seconds`; the message has the end of its output.
 */
export async function runCommand(argv: readonly string[], { cwd, env, seconds }: CommandOptions): Promise<string> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let stdout = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout = (stdout + chunk).slice(-outputLimit);
    output = (output + chunk).slice(-outputLimit);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output = (output + chunk).slice(-outputLimit)));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    void stopProcess(child, { processGroup: true, graceMs: 500 });
  }, seconds * 1000);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (code === 0 && !isLate) return stdout;
    throw new Error(`${isLate ? `took longer than ${seconds} s` : `ended with ${signal ?? `exit code ${code}`}`}${endOf(output)}`);
  } finally {
    clearTimeout(timer);
  }
}

function endOf(output: string): string {
  const lines = output.trim().split('\n').slice(-shownLines);
  return lines.join('') === '' ? '' : `:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
