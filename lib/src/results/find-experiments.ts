import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findWorkspace } from '../config/workspace.ts';
import { type Experiment, openExperiment } from './experiment.ts';
import { manifestFileName } from './manifest.ts';
import { DamagedResultsError } from './read-record.ts';
import { seriesFileName } from './series-record.ts';

/** No experiment fits a name, or several do. */
export class ExperimentNotFoundError extends Error {
  override readonly name = 'ExperimentNotFoundError';
  /** How many fit; 0 where that is not what it is about. */
  readonly fitting: number;

  constructor(message: string, { fitting = 0, ...options }: ErrorOptions & { readonly fitting?: number } = {}) {
    super(message, options);
    this.fitting = fitting;
  }
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
  /** Also those within a series. Default: true. */
  readonly withinSeries?: boolean;
  /** Told of each folder that has a manifest which can't be read, and why. Default: it is passed over. */
  readonly onDamaged?: (error: DamagedResultsError) => void;
}

/**
 * Opens the experiments of a results directory, those within its series too, oldest first. A folder without a manifest is none; one whose
 * manifest can't be read breaks nothing.
 */
export async function findExperiments(options: FindExperimentsOptions = {}): Promise<Experiment[]> {
  const directory = options.directory ?? findWorkspace().results;
  const folders = await foldersOf(directory);
  const inSeries = await Promise.all(folders.filter(isSeriesFolder).map(foldersOf));
  const candidates = [folders, options.withinSeries === false ? [] : inSeries]
    .flat(2)
    .filter((path) => existsSync(join(path, manifestFileName)))
    .sort();
  const opened = await Promise.all(
    candidates.map(async (path) =>
      openExperiment(path).catch((error: unknown) => {
        if (!(error instanceof DamagedResultsError)) throw error;
        options.onDamaged?.(error);
        return undefined;
      }),
    ),
  );
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
 * Throws an ExperimentNotFoundError that names what there is when none, or more than one, fits, and a DamagedResultsError when it can't be
 * read; the latest is the newest that can be.
 */
export async function findExperiment(nameOrDirectory: string, directory = findWorkspace().results): Promise<Experiment> {
  for (const path of [resolve(nameOrDirectory), join(directory, nameOrDirectory)]) {
    if (existsSync(join(path, manifestFileName))) return openExperiment(path);
  }
  const damaged: DamagedResultsError[] = [];
  const experiments = await findExperiments({ directory, onDamaged: (error) => damaged.push(error) });
  const latest = experiments.at(-1);
  if (nameOrDirectory === 'latest' && latest) return latest;
  // One within a series is not where its name alone leads to.
  const exact = experiments.filter(({ name }) => name === nameOrDirectory);
  const fitting = exact.length > 0 ? exact : experiments.filter(({ name }) => name.startsWith(nameOrDirectory));
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  const broken = damaged.find(({ message }) => message.includes(join('/', nameOrDirectory)));
  if (broken && fitting.length === 0) throw broken;
  const known = (fitting.length > 0 ? fitting : experiments.slice(-5)).map(({ name }) => name).join(', ');
  throw new ExperimentNotFoundError(
    `experiment ${nameOrDirectory}: expected the name or directory of one in ${directory} (${known || 'there is none yet'}), got ${fitting.length} that fit`,
    { fitting: fitting.length },
  );
}

/** The folders in a results directory, or in a series, by their paths; none where there is no such directory. */
export async function foldersOf(directory: string): Promise<string[]> {
  if (!existsSync(directory)) return [];
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(directory, entry.name));
}

export function isSeriesFolder(path: string): boolean {
  return existsSync(join(path, seriesFileName));
}
