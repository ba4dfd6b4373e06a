import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Experiment } from '../results/experiment.ts';
import { readRecord } from '../results/read-record.ts';
import { writeWhole } from '../results/write-whole.ts';
import { figureUnits } from './figure-units.ts';
import type { BaselineComparison } from './gate.ts';
import type { SummaryOf } from './summary.ts';

export const baselineFileName = 'baseline.json';

const known = z.number().nullable();

/** What became of one threshold, as JSON has it. */
export const thresholdResultSchema = z.object({
  threshold: z.string(),
  figure: z.string(),
  title: z.string(),
  unit: z.enum(figureUnits),
  comparator: z.enum(['<', '<=', '>', '>=', '=']),
  outcome: z.enum(['passed', 'failed', 'inconclusive']),
  value: known,
  bound: known,
  excess: known,
  reason: z.string(),
});

/** What baseline.json holds. */
export const baselineSchema = z.object({
  title: z.string(),
  baseline: z.string(),
  baselineExperiments: z.array(z.string()),
  experiments: z.array(z.string()),
  results: z.array(thresholdResultSchema),
});

/** Writes baseline.json into the directory of an experiment, whole or not at all: an opened experiment does not know it, one that is opened again does. */
export async function saveBaseline({ directory }: Pick<Experiment, 'directory'>, comparison: BaselineComparison): Promise<void> {
  await writeWhole(join(directory, baselineFileName), `${JSON.stringify(comparison, null, 2)}\n`);
}

/**
 * How an experiment stood to the baseline that it was run with, as it came out then; undefined where it was run with none. Throws a
 * DamagedResultsError where it can't be read.
 */
export function savedBaseline({ directory }: Pick<Experiment, 'directory'>): SummaryOf<BaselineComparison> | undefined {
  const path = join(directory, baselineFileName);
  return existsSync(path) ? readRecord(path, 'what became of the thresholds against a baseline', baselineSchema) : undefined;
}
