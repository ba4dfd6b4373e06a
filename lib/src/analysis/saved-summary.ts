import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Experiment } from '../results/experiment.ts';
import { DamagedResultsError, checkRecord, mostRecordBytes, readJson } from '../results/read-record.ts';
import { readRegularFile } from '../results/regular-file.ts';
import { tableNames } from '../results/tables.ts';
import { writeWhole } from '../results/write-whole.ts';
import { hashOf } from './experiment-setup.ts';
import { figures } from './figures.ts';
import { perExperiment } from './per-experiment.ts';
import { summarize } from './summarize.ts';
import { baselineFileName } from './saved-baseline.ts';
import { summarySchema } from './summary-schema.ts';
import type { Summary } from './summary.ts';

/** Raised when a figure changes its meaning or the summary gets another field: what was saved before is worked out anew. */
const formatVersion = 5;

/** summary.json: the figures of an experiment, and what they were made of, by which one sees whether they still hold. */
interface SavedSummary {
  readonly formatVersion: number;
  readonly madeOf: MadeOf;
  readonly summary: Omit<Summary, 'directory'>;
}

interface MadeOf {
  readonly manifest: string;
  /** The catalogue's names: one with a new figure, or without one, is another. */
  readonly figures: string;
  /** What is saved of the baseline; null where there is nothing. */
  readonly baseline: string | null;
  /** Bytes of each table's file; null where there is none. */
  readonly bytes: Readonly<Record<string, number | null>>;
}

/** Writes summary.json into the directory of an experiment, whole or not at all. */
export async function saveSummary(experiment: Experiment): Promise<void> {
  const { directory: _, ...summary } = summarize(experiment);
  const saved: SavedSummary = { formatVersion, madeOf: madeOf(experiment), summary };
  await writeWhole(pathOf(experiment), `${JSON.stringify(saved, null, 2)}\n`);
}

/**
 * What `summarize` returns, from summary.json where it was saved with the experiment and its files are still those that it was made of: no table
 * has to be read. One that isn't what orchlab writes is worked out anew, with a warning that says so.
 */
export const summaryOf = perExperiment((experiment: Experiment): Summary => {
  try {
    const saved = readSaved(experiment);
    return saved ? { ...saved, directory: experiment.directory } : summarize(experiment);
  } catch (error) {
    if (!(error instanceof DamagedResultsError)) throw error;
    const summary = summarize(experiment);
    return { ...summary, warnings: [...summary.warnings, `The figures were worked out anew: ${error.message}`] };
  }
});

const makingSchema = z.looseObject({ formatVersion: z.unknown(), madeOf: z.unknown() });
const savedSchema = z.object({ summary: summarySchema });

function readSaved(experiment: Experiment): Omit<Summary, 'directory'> | undefined {
  const path = pathOf(experiment);
  if (!existsSync(path)) return undefined;
  const what = 'the saved figures of an experiment';
  const values = readJson(path, what);
  const making = checkRecord(path, what, values, makingSchema);
  // One of another version, or of before, is no damage: nothing is asked of its fields.
  if (making.formatVersion !== formatVersion || hashOf(making.madeOf) !== hashOf(madeOf(experiment))) return undefined;
  return checkRecord(path, what, values, savedSchema, formatVersion).summary;
}

function madeOf({ directory, manifest }: Experiment): MadeOf {
  const bytesOf = (name: string): number | null => statSync(join(directory, `${name}.arrow`), { throwIfNoEntry: false })?.size ?? null;
  const catalogue = hashOf(figures.map(({ name }) => name));
  return {
    manifest: hashOf(manifest),
    figures: catalogue,
    baseline: baselineHash(directory),
    bytes: Object.fromEntries(tableNames.map((name) => [name, bytesOf(name)])),
  };
}

function baselineHash(directory: string): string | null {
  try {
    const bytes = readRegularFile(join(directory, baselineFileName), mostRecordBytes);
    return bytes ? hashOf(new TextDecoder().decode(bytes)) : null;
  } catch {
    // Who works the figures out anew reads it too, and says what is wrong with it.
    return 'unreadable';
  }
}

function pathOf({ directory }: Experiment): string {
  return join(directory, 'summary.json');
}
