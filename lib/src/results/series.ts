import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Experiment, openExperiment } from './experiment.ts';
import { DamagedResultsError } from './read-record.ts';
import { type RecordedStep, type SeriesRecord, readSeriesRecord, seriesFileName } from './series-record.ts';

/** One experiment of a series, opened. */
export interface SeriesStep extends Omit<RecordedStep, 'experiment'> {
  /** Undefined where there is none, or none that can be read. */
  readonly experiment: Experiment | undefined;
}

/** Several experiments that belong together: a directory of perf-results that holds theirs, and a series.json. */
export interface Series {
  readonly name: string;
  readonly directory: string;
  readonly record: SeriesRecord;
  /** In the order in which they were begun. */
  readonly steps: readonly SeriesStep[];
  /** All experiments that there are of it, in that order, also those that failed or were interrupted. */
  readonly experiments: readonly Experiment[];
}

/** What every opened series has behind it: empty, as `experimentPrototype` is, and for the same. */
export const seriesPrototype: object = {};

/** Opens the series in `directory`. Throws a DamagedResultsError when it has no record that can be read; a damaged experiment breaks nothing. */
export async function openSeries(directory: string): Promise<Series> {
  const path = resolve(directory);
  const record = readSeriesRecord(path);
  const steps = await Promise.all(record.steps.map(async (step) => openStep(path, step)));
  const experiments = steps.flatMap(({ experiment }) => experiment ?? []);
  return Object.setPrototypeOf({ name: basename(path), directory: path, record, steps, experiments }, seriesPrototype) as Series;
}

export async function openStep(directory: string, step: RecordedStep): Promise<SeriesStep> {
  const path = step.experiment === null ? undefined : join(directory, step.experiment);
  if (path === undefined || !existsSync(path)) return { ...step, experiment: undefined };
  const experiment = await openExperiment(path).catch((error: unknown) => {
    if (!(error instanceof DamagedResultsError)) throw error;
    return undefined;
  });
  return { ...step, experiment };
}

/** In which round of which series an experiment was run; undefined for one that is in none. */
export function roundOf({ directory, name }: Pick<Experiment, 'directory' | 'name'>): string | undefined {
  const parent = dirname(directory);
  if (!existsSync(join(parent, seriesFileName))) return undefined;
  const step = readSeriesRecord(parent).steps.find(({ experiment }) => experiment === name);
  return step && `${basename(parent)}, round ${step.round}`;
}

/**
 * Whether a step needs no repetition when its series goes on: it ended, as done or by its own fault, and what it left can be read. One
 * that was interrupted, or killed, has ended in neither way.
 */
export function isFinished({ status, experiment }: SeriesStep): boolean {
  return status === 'failed' || status === 'timed-out' || status === 'aborted' || (status === 'done' && experiment !== undefined);
}
