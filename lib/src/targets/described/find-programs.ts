import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { MissingProgramError } from '../target.ts';
import { type Values, fill, fillAll } from './placeholders.ts';
import type { TargetFile } from './target-file.ts';

const checkLimitMs = 30_000;

export interface FindProgramsOptions {
  /** What may name programs. Default: this process's. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Run each as its `check` says. Default true. */
  readonly check?: boolean;
}

/**
 * Finds the programs that a target needs, as `program.NAME`: by its variable, then its paths, then PATH.
 *
 * Throws a MissingProgramError that says where it was looked for and what to do.
 */
export async function findPrograms(
  { name: target, description, directory }: TargetFile,
  workspaceRoot: string,
  { environment = process.env, check: isTried = true }: FindProgramsOptions = {},
): Promise<Record<string, string>> {
  const values: Values = { workspace: workspaceRoot, target_directory: directory };
  const found: Record<string, string> = {};
  for (const [name, { variable, paths, check, env, hint }] of Object.entries(description.programs)) {
    const named = variable === undefined ? undefined : environment[variable];
    const onPath = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
    const candidates = named
      ? [resolve(named)]
      : [...paths.map((path) => resolve(workspaceRoot, path)), ...onPath.map((folder) => join(folder, name))];
    const path = candidates.find(isExecutable);
    if (path === undefined) {
      const where = named
        ? `${variable} names ${named}, which is no program that can be run`
        : `there is no program ${name} in ${[...paths, 'PATH'].join(', ')}${variable === undefined ? '' : `, and ${variable} is not set`}`;
      throw new MissingProgramError(`target ${target}: ${where}. ${hint}`);
    }
    if (check && isTried) {
      const args = check.map((argument) => fill(argument, values));
      await requireSuccess(path, args, fillAll(env, values), { what: `target ${target}: ${path} ${args.join(' ')}`, hint });
    }
    found[`program.${name}`] = path;
  }
  return found;
}

async function requireSuccess(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { what, hint }: { readonly what: string; readonly hint: string },
): Promise<void> {
  try {
    await promisify(execFile)(path, [...args], { timeout: checkLimitMs, env: { ...process.env, ...env } });
  } catch (error) {
    const lines = ((error as { stderr?: string }).stderr ?? '').trim().split('\n');
    throw new MissingProgramError(`${what} failed: ${lines.at(-1) || (error as Error).message}. ${hint}`, { cause: error });
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
