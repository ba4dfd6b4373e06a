import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import { parseDuration } from './duration.ts';
import type { PerfConfig, PerfConfigFile } from './perf-config.ts';
import { validateConfig } from './validate-config.ts';
import { foldersOf } from './shipped.ts';
import { findWorkspace } from './workspace.ts';
import { readYamlFile } from './yaml-file.ts';

export interface LoadConfigOptions {
  /** Where names are looked up; the workspace's perf-configs by default. */
  readonly configDirectory?: string;
  /** Values that replace those of the file. A block `scheduler`, `recovery` or `work` is merged key by key. */
  readonly overrides?: Partial<PerfConfigFile>;
}

/**
 * Loads a config by name (`quick` is perf-configs/quick.yaml) or by path (anything with a slash or a .yaml ending).
 *
 * Throws a ConfigError that names file, line, key, expected and got for every problem in it.
 */
export async function loadConfig(nameOrPath: string, options: LoadConfigOptions = {}): Promise<PerfConfig> {
  const path = await findConfigFile(nameOrPath, configFolders(options.configDirectory));
  const { values, placeOf } = await readYamlFile(path);
  const source = {
    name: basename(path, extname(path)),
    placeOf: (keys: readonly PropertyKey[]) => (hasPath(options.overrides, keys) ? 'options' : placeOf(keys)),
  };
  if (typeof options.overrides?.workflows === 'number' && isBlock(values) && Array.isArray((values as PerfConfigFile).workflows))
    throw new ConfigError([
      {
        place: 'options',
        key: 'workflows',
        expected: `nothing (${source.name} lists its workflows, each with its own runs)`,
        got: String(options.overrides.workflows),
      },
    ]);
  return validateConfig(mergeConfigValues(values, options.overrides), source);
}

/** Makes a config of plain values, for instance from a script. `name` appears in the results' directory. Throws a ConfigError. */
export function createConfig(values: PerfConfigFile, name = 'custom'): PerfConfig {
  return validateConfig(values, { name, placeOf: () => `config ${name}` });
}

/** The names of the configs in a directory, sorted; none when there is no such directory. Default: those of the project, and those that orchlab brings. */
export async function listConfigs(directory?: string): Promise<string[]> {
  const found = await Promise.all(configFolders(directory).map(async (folder) => (existsSync(folder) ? readdir(folder) : [])));
  const names = found
    .flat()
    .filter((file) => extname(file) === '.yaml')
    .map((file) => basename(file, '.yaml'));
  return [...new Set(names)].sort();
}

/** A directory that is asked for stands alone. */
function configFolders(directory: string | undefined): readonly string[] {
  return directory === undefined ? foldersOf('configs', findWorkspace()) : [directory];
}

async function findConfigFile(nameOrPath: string, folders: readonly string[]): Promise<string> {
  const isPath = nameOrPath.includes('/') || ['.yaml', '.yml'].includes(extname(nameOrPath));
  const candidates = isPath
    ? [resolve(nameOrPath), ...folders.map((folder) => join(folder, nameOrPath))]
    : folders.flatMap((folder) => [join(folder, `${nameOrPath}.yaml`), join(folder, `${nameOrPath}.yml`)]);
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  const [directory = ''] = folders;
  const known = await listConfigs(folders.length === 1 ? directory : undefined);
  const expected = isPath ? 'a config file' : `one of the configs ${known.join(', ') || '(none)'} of ${directory}, or a path`;
  throw new ConfigError([{ place: nameOrPath, key: '', expected, got: 'no such file' }]);
}

const mergedBlocks = ['scheduler', 'recovery', 'work'] as const;

/** Values with others in their place; blocks of options are merged key by key. */
export function mergeConfigValues(values: unknown, overrides: Partial<PerfConfigFile> = {}): unknown {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return Object.keys(overrides).length > 0 ? overrides : values;
  return {
    ...withoutSize(values, overrides),
    ...overrides,
    ...Object.fromEntries(
      mergedBlocks.flatMap((name) => {
        const [before, after] = [(values as PerfConfigFile)[name], overrides[name]];
        return isBlock(before) && isBlock(after) ? [[name, { ...before, ...after }]] : [];
      }),
    ),
  };
}

/** Anything else than a block is for the validation to refuse, not to be lost in a merge. */
function isBlock(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The size of the load is said in one way: who says it anew means that in place of the file's. A timeout that such a load outlasts was for another. */
function withoutSize(values: object, { workflows, load_seconds, arrival }: Partial<PerfConfigFile>): object {
  // Of several workflows each has its size; what is said for all of them is for those that have none.
  const [isMixed, becomesMixed] = [Array.isArray((values as PerfConfigFile).workflows), Array.isArray(workflows)];
  if (becomesMixed || (isMixed && workflows === undefined)) return values;
  const saysSize = workflows !== undefined || load_seconds !== undefined || (typeof arrival === 'object' && 'steps' in arrival);
  if (!saysSize) return values;
  const { timeout } = values as PerfConfigFile;
  const isOutlasted = toSeconds(timeout) <= toSeconds(load_seconds);
  const replaced = new Set(['workflows', 'load_seconds', ...(isOutlasted ? ['timeout'] : [])]);
  return Object.fromEntries(Object.entries(values).filter(([key]) => !replaced.has(key)));
}

/** Of a value that is not validated; NaN for one that is no duration. */
function toSeconds(value: unknown): number {
  return typeof value === 'string' ? (parseDuration(value) ?? Number.NaN) : typeof value === 'number' ? value : Number.NaN;
}

/** Whether there is anything at that path. */
export function hasPath(values: unknown, path: readonly PropertyKey[]): boolean {
  let current = values;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !(key in current)) return false;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return path.length > 0;
}
