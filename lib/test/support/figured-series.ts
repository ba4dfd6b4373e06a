import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Series, openSeries } from '../../src/results/series.ts';
import { type RecordedStep, type SeriesRecord, writeSeriesRecord } from '../../src/results/series-record.ts';
import { settingWords } from '../../src/results/setting-names.ts';
import { type FiguredOptions, figuredExperiment } from './figured-experiment.ts';

/** One step of a series, with the figures that its experiment is to have. */
export interface FiguredStep extends Partial<Omit<FiguredOptions, 'name' | 'startedMs'>> {
  readonly key?: string;
  readonly settings: RecordedStep['settings'];
  readonly round: number;
  readonly status?: RecordedStep['status'];
}

const startMs = Date.UTC(2026, 10, 23, 10);

/** Saves a series whose experiments have only a manifest and a summary, and opens it. A step that is not done has no experiment. */
export async function figuredSeries(
  results: string,
  name: string,
  steps: readonly FiguredStep[],
  record: Partial<SeriesRecord> = {},
): Promise<Series> {
  const directory = join(results, name);
  mkdirSync(directory, { recursive: true });
  const recorded: RecordedStep[] = [];
  for (const [index, { settings, round, status = 'done', key = settingWords(settings), ...figured }] of steps.entries()) {
    const startedMs = startMs + index * 10_000;
    const experiment = status === 'done' ? `experiment-${String(index).padStart(3, '0')}` : null;
    if (experiment !== null) {
      const manifest = { status: 'done', ...figured.manifest } as const;
      await figuredExperiment(directory, { figures: {}, ...figured, manifest, name: experiment, startedMs });
    }
    recorded.push({ key, label: settingWords(settings), settings, round, experiment, status, startedMs, endedMs: startedMs + 8000 });
  }
  await writeSeriesRecord(directory, {
    formatVersion: 1,
    kind: 'sweep',
    name,
    config: 'standard',
    status: 'done',
    seed: 1,
    orchlab: '0.1.0',
    request: {},
    runner: null,
    startedMs: startMs,
    endedMs: startMs + steps.length * 10_000,
    total: steps.length,
    steps: recorded,
    ...record,
  });
  return openSeries(directory);
}
