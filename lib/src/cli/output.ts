import { codeOf, reasonOf } from '../errors/error-reason.ts';
import { printable, printableJson } from '../report/printable.ts';
import { exitCodes } from './exit-codes.ts';

/** Prints a result on stdout, a line break at its end. All that the command prints goes through here: nothing reaches a terminal raw. */
export function print(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

/** Prints a value as one line of JSON on stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${printableJson(value)}\n`);
}

/** Tells the user something that is no result, on stderr. */
export function say(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/**
 * Sees to what becomes of output that nobody takes. A reader that has seen enough (orchlab list | head) or a terminal that is gone ends the
 * command, and is no error of ours. Any other failure (a full disk) is said once and is the exit code, but ends no experiment: its results
 * are in perf-results.
 */
export function watchOutput(): void {
  let failed = false;
  process.stdout.on('error', (error) => {
    if (codeOf(error) === 'EPIPE') process.exit();
    if (failed) return;
    failed = true;
    say(`orchlab: the output can't be written to stdout: ${reasonOf(error)}`);
    process.once('exit', (code) => (process.exitCode = code === exitCodes.done ? exitCodes.outputFailed : code));
  });
  process.stderr.on('error', () => undefined);
}
