import type { PerfConfig } from '../config/perf-config.ts';
import type { SeriesKind, SettingValue } from '../results/series-record.ts';
import type { SeriesStep } from '../results/series.ts';

/** An experiment that is to be run next. */
export interface PlannedStep {
  /** What it repeats: the same in every round. With the round it names one experiment of the series. */
  readonly key: string;
  /** `key` as people read it, on one line. */
  readonly label: string;
  /** What it sets in the config, by dotted name. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** From 1. */
  readonly round: number;
  readonly config: PerfConfig;
  /** What of orchlab's environment is other than it is. Not saved. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Nothing is to be run any more. */
export interface SeriesEnd {
  /** What came of it, beside its experiments: plain values, saved in series.json. */
  readonly outcome: Readonly<Record<string, unknown>>;
}

/** What a series runs: all of it known beforehand, or each step chosen by what came of those before. */
export interface SeriesPlan {
  readonly kind: SeriesKind;
  /** What the series goes by, beside its time and kind: the name of its config. */
  readonly name: string;
  /** What random choices follow from. */
  readonly seed: number;
  /** Plain values of which the plan can be made again; saved in series.json, so without secrets. */
  readonly request: Readonly<Record<string, unknown>>;
  /** What is known beforehand of what will be run: each is checked before anything is. */
  readonly checked: readonly Pick<PlannedStep, 'config' | 'environment'>[];
  /** Steps in all, as far as is known; NaN where that can't be told. May change with what is finished. */
  total(finished: readonly SeriesStep[]): number;
  /**
   * What follows on the steps that are finished (see `isFinished`), in the order in which they were run. A pure function of them: a series
   * that was interrupted goes on by asking it again.
   */
  next(finished: readonly SeriesStep[]): PlannedStep | SeriesEnd;
}

/** A plan whose steps are all known beforehand, in their order. */
export function fixedSteps(steps: readonly PlannedStep[]): Pick<SeriesPlan, 'total' | 'next'> {
  return {
    total: () => steps.length,
    next: (finished) => {
      const ended = new Set(finished.map(nameOfStep));
      return steps.find((step) => !ended.has(nameOfStep(step))) ?? { outcome: {} };
    },
  };
}

/** Tells the steps of a series apart; one that is repeated after an interrupt has the same. */
export function nameOfStep({ key, round }: Pick<PlannedStep, 'key' | 'round'>): string {
  return `${round} ${key}`;
}
