import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as orchlab from '../src/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'orchlab-api-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it('has the classes of the errors that its functions reject with', async () => {
  await expect(orchlab.findExperiment('none', directory)).rejects.toBeInstanceOf(orchlab.ExperimentNotFoundError);
  await expect(orchlab.loadConfig('none', { configDirectory: directory })).rejects.toBeInstanceOf(orchlab.ConfigError);
  expect(
    Object.entries(orchlab)
      .filter(([name]) => name.endsWith('Error'))
      .map(([name]) => name)
      .sort(),
  ).toEqual([
    'ColumnError',
    'ConcurrentExperimentError',
    'ConfigError',
    'DamagedResultsError',
    'ExperimentError',
    'ExperimentNotFoundError',
    'HistoryCsvError',
    'InterruptedError',
    'MissingProgramError',
    'PlotError',
    'ResultsError',
    'SeriesError',
    'ThresholdError',
  ]);
});
