import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findWorkspace } from '../config/workspace.ts';
import { type Experiment, openExperiment } from './experiment.ts';

/** No experiment fits a name, or several do. */
export class ExperimentNotFoundError extends Error {
  override readonly name = 'ExperimentNotFoundError';
}

export interface FindExperimentsOptions {
  /** Where to look; the workspace's perf-results by default. */
  readonly directory?: string;
  /** Only those of the config with this name. */
  readonly config?: string;
  /** Only those of this target. */
  readonly target?: string;
  /** At most so many, the newest. Default: all. */
  readonly last?: number;
}

/** Opens the experiments of a results directory, oldest first. A folder without a readable manifest is none. */
export async function findExperiments(options: FindExperimentsOptions = {}): Promise<Experiment[]> {
  const directory = options.directory ?? findWorkspace().results;
  if (!existsSync(directory)) return [];
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const opened = await Promise.all(names.sort().map((name) => openExperiment(join(directory, name)).catch(() => undefined)));
  const wanted = opened
    .filter((experiment) => experiment !== undefined)
    .filter(({ manifest }) => options.config === undefined || manifest.config.name === options.config)
    .filter(({ manifest }) => options.target === undefined || manifest.target.name === options.target)
    .sort((a, b) => a.manifest.times.startedMs - b.manifest.times.startedMs);
  return options.last === undefined ? wanted : wanted.slice(Math.max(0, wanted.length - options.last));
}

/**
 * Opens one experiment by its name, its directory, the beginning of its name, or `latest`.
 *
 * Throws an ExperimentNotFoundError that names what there is when none, or more than one, fits.
 */
export async function findExperiment(nameOrDirectory: string, directory = findWorkspace().results): Promise<Experiment> {
  for (const path of [resolve(nameOrDirectory), join(directory, nameOrDirectory)]) {
    if (existsSync(join(path, 'manifest.json'))) return openExperiment(path);
  }
  const experiments = await findExperiments({ directory });
  const latest = experiments.at(-1);
  if (nameOrDirectory === 'latest' && latest) return latest;
  const fitting = experiments.filter(({ name }) => name.startsWith(nameOrDirectory));
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  const known = (fitting.length > 0 ? fitting : experiments.slice(-5)).map(({ name }) => name).join(', ');
  throw new ExperimentNotFoundError(
    `experiment ${nameOrDirectory}: expected the name or directory of one in ${directory} (${known || 'there is none yet'}), got ${fitting.length} that fit`,
  );
}
