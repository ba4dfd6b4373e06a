import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from './exit-codes.ts';

/** Where a gate is written to, beside what is printed. */
export interface GateFiles {
  readonly junit?: string;
  readonly markdown?: string;
}

/** Adds the options that say where a gate is written to. */
export function withGateFiles(command: Command): Command {
  return command
    .option('--junit <file>', 'write what became of the thresholds as JUnit XML')
    .option('--markdown <file>', 'write it as Markdown, for a pull request; added to what is there where the file is $GITHUB_STEP_SUMMARY');
}

/** Those of a command's options. */
export function gateFilesOf({ junit, markdown }: GateFiles): GateFiles {
  return { ...(junit !== undefined && { junit }), ...(markdown !== undefined && { markdown }) };
}

/** Throws a UsageError where a file can't be, before an hour is spent on what is to be in it. */
export async function checkGateFiles({ junit, markdown }: GateFiles): Promise<void> {
  for (const [option, path] of Object.entries({ junit, markdown })) {
    if (path === undefined) continue;
    const folder = await stat(dirname(resolve(path))).catch(() => undefined);
    const there = await stat(path).catch(() => undefined);
    if (!folder?.isDirectory() || there?.isDirectory())
      throw new UsageError(`--${option}: expected a file in a folder that there is, got ${path}`);
  }
}
