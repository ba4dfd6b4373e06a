import type { ProtectGroup } from '../../processes/guard.ts';
import { runProgram } from '../../processes/run-program.ts';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** The command leads a process group, which must not outlive this process. */
  readonly protect: ProtectGroup;
}

const shownLines = 8;

/**
 * Runs a program to its end and resolves with what it wrote to stdout.
 *
 * Throws when it can't be started, fails, or takes longer than `seconds` (then its process group is stopped first); the message has
 * the end of its output.
 */
export async function runCommand(argv: readonly string[], options: CommandOptions): Promise<string> {
  const { problem, stdout, output } = await runProgram(argv, options);
  if (problem === undefined) return stdout;
  throw new Error(`${problem}${endOf(output)}`);
}

function endOf(output: string): string {
  const lines = output.trim().split('\n').slice(-shownLines);
  return lines.join('') === '' ? '' : `:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
