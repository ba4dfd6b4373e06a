import { z } from 'zod';
import { type ShrinkSearch, shrinkAnswers, shrinkState } from '../analysis/shrink.ts';
import { ConfigError } from '../config/config-error.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Series } from '../results/series.ts';
import { configOfRequest, configRequestSchema, toConfigRequest } from './config-request.ts';
import { openProgressView } from './progress-view.ts';
import { type RunSeriesOptions, runSeries } from './run-series.ts';
import type { SeriesPlan } from './series-plan.ts';

export interface ShrinkOptions extends RunSeriesOptions {
  /** Experiments at most. Default 30. */
  readonly mostProbes?: number | undefined;
  /** How often a config is tried before it is said not to show it. Default 2. */
  readonly tries?: number | undefined;
  /** Time at most: no experiment is begun when it is over. Default half an hour. */
  readonly seconds?: number | undefined;
}

type ShrinkRequest = Omit<ShrinkSearch, 'config'> & { readonly seconds: number };

/**
 * Searches for the smallest load and faults with which a target still loses or doubles a task, and resolves with the series: `shrinkOf` has the config, which is in
 * the series' directory as smallest.yaml, too. Rejects as `runSeries` does; `resumeSeries` goes on with it.
 */
export async function shrink(config: PerfConfig, options: ShrinkOptions = {}): Promise<Series> {
  const { mostProbes = 30, tries = 2, seconds = 1800, ...running } = options;
  return runSeries(planShrink(config, { mostProbes, tries, seconds }), openProgressView(running.onProgress), running);
}

/** Throws a ConfigError where the config has no fault. */
function planShrink(config: PerfConfig, { mostProbes, tries, seconds }: ShrinkRequest): SeriesPlan {
  if (!config.faults)
    throw new ConfigError([
      { place: `config ${config.name}`, key: 'faults', expected: 'a fault at least, whose losses are to be shown', got: 'none' },
    ]);
  return {
    kind: 'shrink',
    name: config.name,
    seed: 0,
    request: { config: toConfigRequest(config), mostProbes, tries, seconds },
    checked: [{ config }],
    total: () => Number.NaN,
    next: (finished) => {
      const answers = shrinkAnswers(finished);
      const { next, ended } = shrinkState({ config, mostProbes, tries }, answers);
      const spentSeconds = finished.reduce((sum, { startedMs, endedMs }) => sum + ((endedMs ?? startedMs) - startedMs) / 1000, 0);
      if (!next) return { outcome: { ended } };
      if (spentSeconds >= seconds) return { outcome: { ended: 'too long' } };
      return { key: next.key, label: next.what, settings: {}, round: 1 + (answers.get(next.key)?.length ?? 0), config: next.config };
    },
  };
}

const requestSchema = z.object({ config: configRequestSchema, mostProbes: z.int(), tries: z.int(), seconds: z.number() });

/** The plan that a series.json asks for. */
export function planShrinkAgain(request: unknown): SeriesPlan {
  const { config, ...search } = requestSchema.parse(request);
  return planShrink(configOfRequest(config), search);
}
