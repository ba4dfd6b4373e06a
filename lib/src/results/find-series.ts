import { join, resolve } from 'node:path';
import { findWorkspace } from '../config/workspace.ts';
import { ExperimentNotFoundError, foldersOf, isSeriesFolder } from './find-experiments.ts';
import { DamagedResultsError } from './manifest.ts';
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
  const path = [resolve(nameOrDirectory), join(directory, nameOrDirectory)].find(isSeriesFolder);
  const all = path === undefined ? await findAllSeries({ directory, ...(kind && { kind }) }) : [await openSeries(path)];
  const fitting =
    path !== undefined ? all : nameOrDirectory === 'latest' ? all.slice(-1) : all.filter(({ name }) => name.startsWith(nameOrDirectory));
  const [only] = fitting;
  if (only && fitting.length === 1 && (kind === undefined || only.record.kind === kind)) return only;
  const what = kind ?? 'series';
  const known = (fitting.length > 0 ? fitting : all.slice(-5)).map(({ name, record }) => `${name} (${record.kind})`).join(', ');
  throw new ExperimentNotFoundError(
    `series ${nameOrDirectory}: expected the name or directory of a ${what} in ${directory} (${known || 'there is none yet'}), got ${fitting.length} that fit`,
  );
}
