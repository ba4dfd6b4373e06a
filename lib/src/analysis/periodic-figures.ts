import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { distribution } from './distribution.ts';
import { distributionFigures } from './distribution-figures.ts';
import type { Figure } from './figures.ts';
import { firingsOf } from './firings.ts';
import { perExperiment } from './per-experiment.ts';

const appliesTo = ({ manifest }: Experiment): boolean => manifest.config.periodic !== undefined;

const columnOf = (experiment: Experiment, name: 'firings' | 'latenessSeconds'): Float64Array => {
  const table = firingsOf(experiment);
  return table.numRows() === 0 ? new Float64Array(0) : numberColumn(table, name);
};
const lateness = perExperiment((experiment) => distribution(columnOf(experiment, 'latenessSeconds')));
const count = (isCounted: (firings: number) => boolean) => (experiment: Experiment) =>
  columnOf(experiment, 'firings').filter(isCounted).length;

/** The figures of periodic work: of the moments of `firingsOf`. */
export const periodicFigures: readonly Figure[] = [
  ...distributionFigures('firingLateness', 'lateness of periodic work', lateness, { appliesTo }),
  { name: 'firings.due', title: 'moments at which schedules were due', unit: 'count', appliesTo, value: count(() => true) },
  {
    name: 'firings.missed',
    title: 'moments that no schedule fired at',
    unit: 'count',
    better: 'less',
    appliesTo,
    value: count((firings) => firings === 0),
  },
  {
    name: 'firings.doubled',
    title: 'moments that were fired at more than once',
    unit: 'count',
    better: 'less',
    appliesTo,
    value: count((firings) => firings > 1),
  },
];
