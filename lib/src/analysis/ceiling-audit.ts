import type { Ceiling } from '../results/ceiling.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Manifest } from '../results/manifest.ts';
import { formatSeconds } from './format-figure.ts';
import { frameOf, submittedCode } from './frame.ts';
import { perExperiment } from './per-experiment.ts';
import { isOfLoad, rateAtCeiling } from './rate-at-ceiling.ts';

/** A ceiling, and how near to it an experiment came. */
export interface AuditedCeiling extends Ceiling {
  /** The figure over the time in which the ceiling can bind (`rateAtCeiling`), in its unit; NaN where it is not known. */
  readonly measured: number;
  /** How long that time was, of a ceiling that binds while tasks wait; NaN where it is the whole experiment. */
  readonly waitedSeconds: number;
  /** Measured over value: 1 is at the ceiling. */
  readonly ratio: number;
  /** The value holds a time that was measured: with the setting raised, that may be longer. */
  readonly isOfMeasuredTime: boolean;
}

/** From here on a figure is near its ceiling: the setting is worth a look. */
export const nearRatio = 0.9;

/**
 * The ceilings of an experiment by its config, and what came of the figures that they bound, the lowest of each figure first.
 *
 * One more follows from the config and a measured time: as many submissions at once as `submit_concurrency` allows, of so long each on average (Little's
 * law), are no more runs a second than that. Empty in experiments of before ceilings were worked out.
 */
export const ceilingAudit = perExperiment((experiment: Experiment): readonly AuditedCeiling[] => {
  const { ceilings } = experiment.manifest;
  if (ceilings === undefined) return [];
  const audited = (ceiling: Ceiling, isOfMeasuredTime: boolean): AuditedCeiling => {
    const { perSecond: measured, waitedSeconds } = rateAtCeiling(experiment, ceiling);
    return { ...ceiling, measured, waitedSeconds, ratio: measured / ceiling.value, isOfMeasuredTime };
  };
  return [
    ...ceilings.map((ceiling) => audited(ceiling, false)),
    ...submissionCeilings(experiment).map((ceiling) => audited(ceiling, true)),
  ].sort((one, other) => one.figure.localeCompare(other.figure) * -1 || one.value - other.value);
});

/** The lowest ceiling of tasks a second that is the target's, not the load's: what a verdict may rest on. */
export function targetCeiling({ ceilings = [] }: Pick<Manifest, 'ceilings'>): Ceiling | undefined {
  return ceilings.find((ceiling) => ceiling.figure === 'throughput.tasksPerSecond' && !isOfLoad(ceiling));
}

/** The lowest ceiling of tasks a second, whoever's it is. */
export function lowestCeiling({ ceilings = [] }: Pick<Manifest, 'ceilings'>): Ceiling | undefined {
  return ceilings.find(({ figure }) => figure === 'throughput.tasksPerSecond');
}

function submissionCeilings(experiment: Experiment): readonly Ceiling[] {
  const { submit_concurrency: allowed } = experiment.manifest.config;
  const seconds = meanSubmissionSeconds(experiment);
  if (!(seconds > 0)) return [];
  const words = `${allowed} at once / ${formatSeconds(seconds)}, what accepting a run took on average`;
  return [
    {
      name: 'submission',
      title: 'submissions at once',
      figure: 'throughput.runsPerSecond',
      value: allowed / seconds,
      settings: ['submit_concurrency'],
      formula: words,
      atOnce: allowed,
    },
  ];
}

/** Of the runs that were accepted after the warm-up; NaN where none was. */
function meanSubmissionSeconds(experiment: Experiment): number {
  const { runs } = frameOf(experiment);
  let [sum, count] = [0, 0];
  for (let row = 0; row < runs.count; row++) {
    if (runs.status[row] !== submittedCode || runs.warmUp[row] === 1) continue;
    sum += (runs.acknowledgedMs[row] as number) - (runs.sentMs[row] as number);
    count++;
  }
  return sum / count / 1000;
}
