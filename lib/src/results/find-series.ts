import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { findWorkspace } from '../config/workspace.ts';
import type { Experiment } from './experiment.ts';
import { ExperimentNotFoundError, findExperiment, foldersOf, isSeriesFolder } from './find-experiments.ts';
import { manifestFileName } from './manifest.ts';
import { DamagedResultsError } from './read-record.ts';
import { type Series, openSeries } from './series.ts';
import type { SeriesKind } from './series-record.ts';

export interface FindSeriesOptions {
  /** Where to look; the workspace's perf-results by default. */
  readonly directory?: string;
  /** Only those of this kind. */
  readonly kind?: SeriesKind;
  /** Told of each series whose record can't be read, and why. Default: it is passed over. */
  readonly onDamaged?: (error: DamagedResultsError) => void;
}

/** Opens all series of a results directory, oldest first. */
export async function findAllSeries({ directory = findWorkspace().results, kind, onDamaged }: FindSeriesOptions = {}): Promise<Series[]> {
  const folders = (await foldersOf(directory)).filter(isSeriesFolder);
  const opened = await Promise.all(
    folders.map(async (path) =>
      openSeries(path).catch((error: unknown) => {
        if (!(error instanceof DamagedResultsError)) throw error;
        onDamaged?.(error);
        return undefined;
      }),
    ),
  );
  return opened
    .filter((series) => series !== undefined)
    .filter(({ record }) => kind === undefined || record.kind === kind)
    .sort((a, b) => a.record.startedMs - b.record.startedMs);
}

/**
 * Opens one series by its name, its directory, the beginning of its name, or `latest`.
 *
 * Throws an ExperimentNotFoundError that names what there is when none, or more than one, fits, and a DamagedResultsError when it can't be
 * read.
 */
export async function findSeries(
  nameOrDirectory: string,
  { directory = findWorkspace().results, kind }: Pick<FindSeriesOptions, 'directory' | 'kind'> = {},
): Promise<Series> {
  const fitting = await findFitting(nameOrDirectory, { directory, ...(kind && { kind }) });
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  const candidates = fitting.length > 0 ? fitting : (await findAllSeries({ directory, ...(kind && { kind }) })).slice(-5);
  const known = candidates.map(({ name }) => name).join(', ');
  throw new ExperimentNotFoundError(
    `${kind ?? 'series'} ${nameOrDirectory}: expected the name or directory of one in ${directory} (${known || 'there is none yet'}), got ${fitting.length} that fit`,
    { fitting: fitting.length },
  );
}

async function findFitting(
  nameOrDirectory: string,
  { directory, kind }: { readonly directory: string; readonly kind?: SeriesKind },
): Promise<readonly Series[]> {
  const path = [resolve(nameOrDirectory), join(directory, nameOrDirectory)].find(isSeriesFolder);
  if (path !== undefined) return [await openSeries(path)].filter(({ record }) => kind === undefined || record.kind === kind);
  const all = await findAllSeries({ directory, ...(kind && { kind }) });
  return nameOrDirectory === 'latest' ? all.slice(-1) : all.filter(({ name }) => name.startsWith(nameOrDirectory));
}

/** The name of the series that an experiment is in; undefined where it stands for itself. */
export function seriesNameOf({ directory }: Pick<Experiment, 'directory'>): string | undefined {
  const parent = dirname(directory);
  return isSeriesFolder(parent) ? basename(parent) : undefined;
}

/**
 * Opens an experiment or a series by its name, its directory, the beginning of its name, or `latest`: the series of the newest experiment,
 * where it is in one.
 *
 * Where several fit, a series goes before the experiments within it. Throws as `findExperiment` does.
 */
export async function findExperimentOrSeries(nameOrDirectory: string, directory = findWorkspace().results): Promise<Experiment | Series> {
  const series = nameOrDirectory === 'latest' ? [] : await findFitting(nameOrDirectory, { directory });
  const [only] = series;
  const isExperimentName = existsSync(join(directory, nameOrDirectory, manifestFileName));
  if (only && series.length === 1 && !isExperimentName) return only;
  const experiment = await findExperiment(nameOrDirectory, directory);
  return nameOrDirectory === 'latest' && seriesNameOf(experiment) !== undefined ? openSeries(dirname(experiment.directory)) : experiment;
}
