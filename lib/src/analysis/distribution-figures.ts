import type { Experiment } from '../results/experiment.ts';
import type { Distribution } from './distribution.ts';
import type { FigureUnit } from './figure-units.ts';
import type { Figure } from './figures.ts';

type Statistic = Exclude<keyof Distribution, 'count'>;

const statistics: Readonly<Record<Statistic, string>> = {
  avg: 'average',
  min: 'min',
  p50: 'p50',
  p90: 'p90',
  p99: 'p99',
  p999: 'p99.9',
  max: 'max',
};

/** The figures of a distribution: average, extremes and percentiles. */
export function distributionFigures(
  name: string,
  title: string,
  of: (experiment: Experiment) => Omit<Distribution, 'count'>,
  { times = [], unit = 'seconds', appliesTo }: Pick<Figure, 'times' | 'appliesTo'> & { readonly unit?: FigureUnit } = {},
): readonly Figure[] {
  return Object.entries(statistics).map(([statistic, words]) => ({
    name: `${name}.${statistic}`,
    title: `${title} ${words}`,
    unit,
    better: 'less',
    ...(times.length > 0 && { times }),
    ...(appliesTo && { appliesTo }),
    value: (experiment) => of(experiment)[statistic as Statistic],
  }));
}
