import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Experiment } from '../results/experiment.ts';
import { readRegularFile } from '../results/regular-file.ts';
import { tableNames } from '../results/tables.ts';
import { writeWhole } from '../results/write-whole.ts';
import { hashOf } from './experiment-setup.ts';
import { figures } from './figures.ts';
import { perExperiment } from './per-experiment.ts';
import { summarize } from './summarize.ts';
import { baselineFileName } from './saved-baseline.ts';
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
 * has to be read.
 */
export const summaryOf = perExperiment((experiment: Experiment): Summary => {
  const saved = readSaved(experiment);
  return saved ? { ...saved, directory: experiment.directory } : summarize(experiment);
});

function readSaved(experiment: Experiment): Omit<Summary, 'directory'> | undefined {
  let saved: Partial<SavedSummary> | null;
  try {
    saved = JSON.parse(readFileSync(pathOf(experiment), 'utf8')) as Partial<SavedSummary> | null;
  } catch {
    // None, or none that can be read: it says nothing that the tables don't.
    return undefined;
  }
  if (saved?.formatVersion !== formatVersion || hashOf(saved.madeOf) !== hashOf(madeOf(experiment))) return undefined;
  return saved.summary;
}

function madeOf({ directory, manifest }: Experiment): MadeOf {
  const bytesOf = (name: string): number | null => statSync(join(directory, `${name}.arrow`), { throwIfNoEntry: false })?.size ?? null;
  const catalogue = hashOf(figures.map(({ name }) => name));
  const baselineBytes = readRegularFile(join(directory, baselineFileName));
  return {
    manifest: hashOf(manifest),
    figures: catalogue,
    baseline: baselineBytes ? hashOf(new TextDecoder().decode(baselineBytes)) : null,
    bytes: Object.fromEntries(tableNames.map((name) => [name, bytesOf(name)])),
  };
}

function pathOf({ directory }: Experiment): string {
  return join(directory, 'summary.json');
}
