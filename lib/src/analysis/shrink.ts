import { configValuesOf } from '../config/change-config.ts';
import { ConfigError } from '../config/config-error.ts';
import { createConfig } from '../config/load-config.ts';
import type { PerfConfig, PerfConfigFile } from '../config/perf-config.ts';
import { reductionsOf } from '../config/reduce-config.ts';
import type { Series, SeriesStep } from '../results/series.ts';
import { ledgerOf } from './ledger.ts';

/** What a config that is made smaller has to go on showing. */
export const shrinkSymptoms = ['lost', 'duplicates'] as const;
export type ShrinkSymptom = (typeof shrinkSymptoms)[number];

export interface ShrinkSearch {
  readonly config: PerfConfig;
  /** Experiments at most. */
  readonly mostProbes: number;
  /** How often each config is tried before it is said not to show it: what depends on the moment may take several. */
  readonly tries: number;
}

/** A config that is to be tried, or was. */
export interface ShrinkProbe {
  readonly key: string;
  /** How it is smaller than the smallest before it. */
  readonly what: string;
  readonly config: PerfConfig;
}

/** How far the search is. */
export interface ShrinkState {
  /** What the first config showed; empty: nothing so far. */
  readonly symptoms: readonly ShrinkSymptom[];
  /** The smallest config that shows it; undefined: none has. */
  readonly smallest: PerfConfig | undefined;
  readonly next: ShrinkProbe | undefined;
  readonly ended: 'searching' | 'smallest' | 'too many probes' | 'never shown';
}

/** What one try showed. */
export type ShrinkAnswers = ReadonlyMap<string, readonly (readonly ShrinkSymptom[])[]>;

/**
 * Delta debugging of load and faults (Zeller and Hildebrandt, 2002): from the config as it is, each way of making it smaller is tried; one that still shows a loss or
 * a duplicate is gone on from, and when no way does, it is the smallest. A pure function of what the tries so far showed, by their keys.
 */
export function shrinkState(search: ShrinkSearch, answers: ShrinkAnswers): ShrinkState {
  const tried = [...answers.values()].reduce((sum, { length }) => sum + length, 0);
  const isFull = tried >= search.mostProbes;
  const shownBy = (key: string): readonly ShrinkSymptom[] => [...new Set((answers.get(key) ?? []).flat())];
  const isOpen = (key: string): boolean => (answers.get(key)?.length ?? 0) < search.tries;
  const first = { key: keyOf(search.config), what: 'as it is', config: search.config };
  const symptoms = shownBy(first.key);
  if (symptoms.length === 0) {
    if (isOpen(first.key) && !isFull) return { symptoms, smallest: undefined, next: first, ended: 'searching' };
    return { symptoms, smallest: undefined, next: undefined, ended: 'never shown' };
  }
  let smallest = search.config;
  const seen = new Set([first.key]);
  for (;;) {
    const found = reductions(smallest).find(({ key }) => !seen.has(key) && (isOpen(key) || isSame(shownBy(key))));
    if (!found) return { symptoms, smallest, next: undefined, ended: 'smallest' };
    if (!isSame(shownBy(found.key))) {
      if (isFull) return { symptoms, smallest, next: undefined, ended: 'too many probes' };
      return { symptoms, smallest, next: found, ended: 'searching' };
    }
    seen.add(found.key);
    smallest = found.config;
  }

  function isSame(shown: readonly ShrinkSymptom[]): boolean {
    return shown.some((symptom) => symptoms.includes(symptom));
  }
}

/** What a series of these tries showed so far. */
export function shrinkAnswers(steps: readonly SeriesStep[]): ShrinkAnswers {
  const answers = new Map<string, ShrinkSymptom[][]>();
  for (const { key, experiment, status } of steps) {
    const ledger = experiment && status === 'done' ? ledgerOf(experiment) : undefined;
    const shown = shrinkSymptoms.filter((symptom) => (ledger?.[symptom] ?? 0) > 0);
    answers.set(key, [...(answers.get(key) ?? []), shown]);
  }
  return answers;
}

/** The state of a series of kind shrink, by what its series.json asks for. */
export function shrinkOf({ record, steps }: Series): ShrinkState {
  const { config, mostProbes, tries } = record.request as {
    readonly config: { readonly name: string; readonly values: PerfConfigFile };
    readonly mostProbes: number;
    readonly tries: number;
  };
  const ended = steps.filter(({ endedMs, status }) => endedMs !== null && status !== 'interrupted');
  return shrinkState({ config: createConfig(config.values, config.name), mostProbes, tries }, shrinkAnswers(ended));
}

/** The smaller configs that are valid. */
function reductions(config: PerfConfig): readonly ShrinkProbe[] {
  return reductionsOf(configValuesOf(config)).flatMap(({ what, values }) => {
    try {
      const smaller = createConfig(values, config.name);
      return [{ key: keyOf(smaller), what, config: smaller }];
    } catch (error) {
      if (error instanceof ConfigError) return [];
      throw error;
    }
  });
}

function keyOf(config: PerfConfig): string {
  return JSON.stringify(sizeOf(config));
}

/** What of a config the search changes. */
export function sizeOf(
  config: PerfConfig,
): Pick<PerfConfig, 'arrival' | 'workflows' | 'load_seconds' | 'tasks_per_workflow' | 'faults'> & { readonly processes: number } {
  const { arrival, workflows, load_seconds, tasks_per_workflow, faults, scheduler } = config;
  return { workflows, load_seconds, tasks_per_workflow, arrival, processes: scheduler.processes, faults };
}

/** A config as a file has it: without what is so by default. */
export function configFileOf(config: PerfConfig): PerfConfigFile {
  const defaults = configValuesOf(createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 0 }, config.name));
  const needed = new Set(['workflows', 'tasks_per_workflow', 'duration', 'target']);
  const entries = Object.entries(configValuesOf(config)).filter(
    ([key, value]) =>
      value !== undefined && (needed.has(key) || JSON.stringify(value) !== JSON.stringify(defaults[key as keyof PerfConfigFile])),
  );
  return Object.fromEntries(entries) as PerfConfigFile;
}
