import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { ConfigError } from '../../config/config-error.ts';
import { validateValues } from '../../config/validate-values.ts';
import { foldersOf } from '../../config/shipped.ts';
import type { Workspace } from '../../config/workspace.ts';
import { readYamlFile } from '../../config/yaml-file.ts';
import { ceilingProblems } from './ceiling-expressions.ts';
import { meaningProblems, patternProblems, placeholderProblems } from './check-placeholders.ts';
import { placeholdersIn } from './placeholders.ts';
import { type Submission, type TargetDescription, targetJsonSchema, targetSchema } from './target-schema.ts';

/** A target's description, and the way of submitting that was chosen. */
export interface TargetFile {
  /** As `--target` has it: `ork`, or `ork:command` for another than the first way of submitting. */
  readonly name: string;
  readonly path: string;
  readonly directory: string;
  readonly description: TargetDescription;
  readonly submit: Submission;
  /** The way's place in the file: `submit`, or `submit` and its index. */
  readonly submitPath: readonly (string | number)[];
  /** `file:line` of a value. */
  placeOf(path: readonly PropertyKey[]): string;
}

/** Where described targets are: those of the project, and those that orchlab brings. */
function targetFolders(workspace: Workspace): readonly string[] {
  return foldersOf('configs', workspace).map((folder) => join(folder, 'targets'));
}

/** The names of the described targets, sorted; those with several ways of submitting once for each. */
export async function listTargetFiles(workspace: Workspace): Promise<string[]> {
  const found = await Promise.all(targetFolders(workspace).map(async (folder) => (existsSync(folder) ? readdir(folder) : [])));
  const names = found
    .flat()
    .filter((file) => extname(file) === '.yaml')
    .map((file) => basename(file, '.yaml'));
  return [...new Set(names)].sort();
}

/** The file of a target `name`, `name:way`, or a path to one; undefined when there is none. */
export function findTargetFile(name: string, workspace: Workspace): string | undefined {
  const [base] = splitWay(name);
  const candidates =
    base.endsWith('.yaml') || base.includes('/') ? [resolve(base)] : targetFolders(workspace).map((folder) => join(folder, `${base}.yaml`));
  return candidates.find((path) => existsSync(path));
}

/** Loads a target's description. Throws a ConfigError with file, line and reason for everything that is wrong with it. */
export async function loadTargetFile(path: string, name: string): Promise<TargetFile> {
  const { values, placeOf } = await readYamlFile(path);
  const description = validateValues(targetSchema, values, { placeOf, jsonSchema: targetJsonSchema });
  const problems = [placeholderProblems, patternProblems, meaningProblems, ceilingProblems].flatMap((find) => find(description, placeOf));
  if (problems.length > 0) throw new ConfigError(problems);
  const [, way] = splitWay(name);
  const ways = submitWays(description);
  const index = way === undefined ? 0 : ways.findIndex((candidate) => candidate.name === way);
  const submit = ways[index];
  if (!submit) {
    const names = ways.map((candidate) => candidate.name).filter((known) => known !== undefined);
    throw new ConfigError([
      {
        place: placeOf(['submit']),
        key: 'submit',
        expected: `one of the ways ${names.join(', ') || '(none has a name)'}`,
        got: JSON.stringify(way),
      },
    ]);
  }
  return {
    name: `${basename(path, extname(path))}${way === undefined ? '' : `:${way}`}`,
    path,
    directory: dirname(path),
    description,
    submit,
    submitPath: Array.isArray(description.submit) ? ['submit', index] : ['submit'],
    placeOf,
  };
}

/** Why its tasks can't come after one another; undefined where it hands the shape of a run to its engine. */
export function noDependencies({ name, description }: TargetFile): string | undefined {
  if (placeholdersIn(JSON.stringify(description)).includes('task_parents')) return undefined;
  return description.no_dependencies ?? `the description of ${name} does not use {{task_parents}}`;
}

export function submitWays({ submit }: TargetDescription): readonly Submission[] {
  return [submit].flat();
}

/** `ork:command` is the way `command` of `ork`. */
function splitWay(name: string): readonly [base: string, way: string | undefined] {
  const [, base = name, way] = /^(.*?)(?::([^:/]+))?$/.exec(name) ?? [];
  return [base, way];
}
