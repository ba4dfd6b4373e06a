import type { Baseline } from '../analysis/gate.ts';
import { thresholdsOf } from '../config/config-thresholds.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { isRelative } from '../config/threshold.ts';
import { type ComparedSetup, selectExperiments } from '../results/select-experiments.ts';
import { type ConfigOptions, configFrom } from './config-options.ts';
import { say } from './output.ts';

/** What a baseline is for where nothing else is said: not slower than it, and no less done. */
const defaultThresholds = ['response.avg < baseline + 5 %', 'throughput.tasksPerSecond > baseline - 5 %'];

/**
 * Opens what `--baseline` names for experiments of these configs and targets, before anything is run, and says on stderr what it was taken for. Throws an
 * ExperimentNotFoundError where nothing fits.
 */
export async function openBaseline(selection: string, comparedWith: readonly ComparedSetup[]): Promise<Baseline> {
  const taken: (readonly [term: string, words: string])[] = [];
  const experiments = await selectExperiments(selection, { comparedWith, onTaken: (...what) => taken.push(what) });
  if (taken.length > 0) say(`Baseline: ${taken.map(([term, words]) => `${term} is ${words}`).join('; ')}`);
  return { selection: taken.length > 0 ? `${selection} (${taken.map(([, words]) => words).join('; ')})` : selection, experiments };
}

/** As `configFrom`, with thresholds that are relative to a baseline also where it has none of its own. */
export async function relativeConfigFrom(name: string | undefined, options: ConfigOptions): Promise<PerfConfig> {
  const config = await configFrom(name, options);
  if (thresholdsOf(config).some(isRelative)) return config;
  return configFrom(name, { ...options, threshold: [...(options.threshold ?? []), ...defaultThresholds] });
}
