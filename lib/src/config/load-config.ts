import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import { LineCounter, isNode, parseDocument } from 'yaml';
import { ConfigError } from './config-error.ts';
import type { PerfConfig, PerfConfigFile } from './perf-config.ts';
import { validateConfig } from './validate-config.ts';
import { findWorkspace } from './workspace.ts';

export interface LoadConfigOptions {
  /** Where names are looked up; the workspace's perf-configs by default. */
  readonly configDirectory?: string;
  /** Values that replace those of the file. A `scheduler` block is merged key by key. */
  readonly overrides?: Partial<PerfConfigFile>;
}

/**
 * Loads a config by name (`quick` is perf-configs/quick.yaml) or by path (anything with a slash or a .yaml ending).
 *
 * Throws a ConfigError that names file, line, key, expected and got for every problem in it.
 */
export async function loadConfig(nameOrPath: string, options: LoadConfigOptions = {}): Promise<PerfConfig> {
  const directory = options.configDirectory ?? findWorkspace().configs;
  const path = await findConfigFile(nameOrPath, directory);
  const label = relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path);
  const lines = new LineCounter();
  const document = parseDocument(await readFile(path, 'utf8'), { lineCounter: lines });
  const [syntaxError] = document.errors;
  if (syntaxError) {
    const { line } = lines.linePos(syntaxError.pos[0]);
    throw new ConfigError([
      { place: `${label}:${line}`, key: '', expected: 'YAML', got: syntaxError.message.split('\n')[0] ?? syntaxError.code },
    ]);
  }
  const placeOf = (keys: readonly PropertyKey[]): string => {
    if (hasPath(options.overrides, keys)) return 'options';
    // The nearest part of the path that the file has: a missing key is reported at its block.
    for (let length = keys.length; length > 0; length--) {
      const node = document.getIn(keys.slice(0, length), true);
      if (isNode(node) && node.range) return `${label}:${lines.linePos(node.range[0]).line}`;
    }
    return `${label}:1`;
  };
  return validateConfig(merge(document.toJS(), options.overrides), { name: basename(path, extname(path)), placeOf });
}

/** Makes a config of plain values, for instance from a script. `name` appears in the results' directory. Throws a ConfigError. */
export function createConfig(values: PerfConfigFile, name = 'custom'): PerfConfig {
  return validateConfig(values, { name, placeOf: () => `config ${name}` });
}

/** The names of the configs in a directory, sorted. */
export async function listConfigs(directory = findWorkspace().configs): Promise<string[]> {
  const files = await readdir(directory);
  return files
    .filter((file) => extname(file) === '.yaml')
    .map((file) => basename(file, '.yaml'))
    .sort();
}

async function findConfigFile(nameOrPath: string, directory: string): Promise<string> {
  const isPath = nameOrPath.includes('/') || ['.yaml', '.yml'].includes(extname(nameOrPath));
  const candidates = isPath
    ? [resolve(nameOrPath), join(directory, nameOrPath)]
    : [join(directory, `${nameOrPath}.yaml`), join(directory, `${nameOrPath}.yml`)];
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  const known = existsSync(directory) ? await listConfigs(directory) : [];
  const expected = isPath ? 'a config file' : `one of the configs ${known.join(', ') || '(none)'} of ${directory}, or a path`;
  throw new ConfigError([{ place: nameOrPath, key: '', expected, got: 'no such file' }]);
}

function merge(values: unknown, overrides: Partial<PerfConfigFile> = {}): unknown {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return Object.keys(overrides).length > 0 ? overrides : values;
  const { scheduler } = values as PerfConfigFile;
  return {
    ...withoutSize(values, overrides),
    ...overrides,
    ...(overrides.scheduler ? { scheduler: { ...scheduler, ...overrides.scheduler } } : {}),
  };
}

/** The size of the load is said in one way: who says it anew means that in place of the file's. */
function withoutSize(values: object, { workflows, load_seconds, arrival }: Partial<PerfConfigFile>): object {
  const saysSize = workflows !== undefined || load_seconds !== undefined || (typeof arrival === 'object' && 'steps' in arrival);
  if (!saysSize) return values;
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== 'workflows' && key !== 'load_seconds'));
}

function hasPath(values: unknown, path: readonly PropertyKey[]): boolean {
  let current = values;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !(key in current)) return false;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return path.length > 0;
}
