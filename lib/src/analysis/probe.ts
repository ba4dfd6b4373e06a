import type { PerfConfig } from '../config/perf-config.ts';
import type { Ceiling } from '../results/ceiling.ts';
import type { Experiment } from '../results/experiment.ts';
import { lowestCeiling } from './ceiling-audit.ts';
import type { LimitedBy } from './limit-rules.ts';
import { rateAtCeiling } from './rate-at-ceiling.ts';
import { throughputFigures } from './throughput-figures.ts';
import { verdictOf } from './verdict.ts';

/** Another value of the setting that sets a ceiling. */
export interface Move {
  readonly setting: string;
  readonly from: number;
  readonly to: number;
  readonly ceiling: Ceiling;
}

/** Settings of which half allows twice as much; of all others it is twice. */
const halved: ReadonlySet<string> = new Set(['scheduler.poll_interval_secs']);

/** With at least this share of the predicted rise a figure moved with the setting; noise of two experiments is far less. */
const movedShare = 0.5;

/** The move that raises the lowest ceiling of an experiment's config; undefined where it has none that a number sets. */
export function nextMove({ manifest }: Experiment): Move | undefined {
  const ceiling = lowestCeiling(manifest);
  if (!ceiling) return undefined;
  for (const setting of ceiling.settings) {
    const from = valueAt(manifest.config, setting);
    if (from !== undefined) return { setting, from, to: halved.has(setting) ? from / 2 : from * 2, ceiling };
  }
  return undefined;
}

/** An experiment beside its ceiling, tasks a second; NaN for what is not known. */
export interface ProbedSide {
  /** The lowest ceiling of its config. */
  readonly predicted: number;
  readonly formula: string;
  readonly measured: number;
  readonly limitedBy: LimitedBy;
  readonly verdict: string;
}

export interface ProbeResult {
  readonly move: Move;
  readonly base: ProbedSide;
  readonly moved: ProbedSide;
  /** The rise of the ceiling and of the throughput: 1 is twice as much. */
  readonly predictedRise: number;
  readonly measuredRise: number;
  /** Whether the figure moved with the setting: then that set the pace. */
  readonly binds: boolean;
}

/** What two experiments say of the setting in which they differ. */
export function probeResult(base: Experiment, moved: Experiment, move: Move): ProbeResult {
  const [before, after] = [sideOf(base), sideOf(moved)];
  const predictedRise = after.predicted / before.predicted - 1;
  const measuredRise = after.measured / before.measured - 1;
  return { move, base: before, moved: after, predictedRise, measuredRise, binds: measuredRise >= movedShare * predictedRise };
}

function sideOf(experiment: Experiment): ProbedSide {
  const ceiling = lowestCeiling(experiment.manifest);
  const { limitedBy, sentence } = verdictOf(experiment);
  return {
    predicted: ceiling?.value ?? Number.NaN,
    formula: ceiling?.formula ?? '',
    measured: ceiling ? rateAtCeiling(experiment, ceiling).perSecond : throughputFigures(experiment).tasksPerSecond,
    limitedBy,
    verdict: sentence,
  };
}

/** The number at a dotted name of a config. */
function valueAt(config: PerfConfig, setting: string): number | undefined {
  let value: unknown = config;
  for (const key of setting.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof value === 'number' ? value : undefined;
}
