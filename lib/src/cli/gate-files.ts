import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from './exit-codes.ts';

/** Where a gate is written to, beside what is printed. */
export interface GateFiles {
  readonly junit?: string;
  readonly markdown?: string;
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
