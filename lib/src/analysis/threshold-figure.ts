import { type Dimension, type Threshold, ThresholdError, isRelative } from '../config/threshold.ts';
import type { FigureUnit } from './figure-units.ts';
import { type Figure, FigureNameError, figures, findFigure } from './figures.ts';

const dimensionsOf: Readonly<Record<FigureUnit, readonly Dimension[]>> = {
  seconds: ['time'],
  secondsPerTask: ['time'],
  bytes: ['memory'],
  bytesPerHour: ['memory an hour'],
  ratio: ['share'],
  tasksPerSecond: ['rate', 'tasks a second'],
  runsPerSecond: ['rate', 'runs a second'],
  perSecond: ['rate'],
  bytesPerSecond: ['memory a second'],
  bytesPerTask: ['memory'],
  count: [],
};

const unitWords: Readonly<Record<FigureUnit, string>> = {
  seconds: 'a time (ms, s, min)',
  secondsPerTask: 'a time for each task (ms, s)',
  bytes: 'an amount of memory (kB, MB, GB)',
  bytesPerHour: 'an amount of memory an hour (kB/h, MB/h, GB/h)',
  ratio: 'a share (%), or a number that is 1 for all of it',
  tasksPerSecond: 'a rate (tasks/s, /s)',
  runsPerSecond: 'a rate (runs/s, /s)',
  perSecond: 'a rate (/s)',
  bytesPerSecond: 'an amount a second (kB/s, MB/s)',
  bytesPerTask: 'an amount for each task (B, kB)',
  count: 'a number without a unit',
};

/**
 * The figure that a threshold is of. Throws a ThresholdError where there is none of that name (it names what may be meant), where the
 * bound's unit is none of the figure's, or where it is limited to a part of the experiment that the figure has no parts of.
 */
export function figureOfThreshold(threshold: Threshold, among: readonly Figure[] = figures): Figure {
  const figure = findNamed(threshold.figure, among);
  const { bound } = threshold;
  if (
    !isRelative(threshold) &&
    'dimension' in bound &&
    bound.dimension !== undefined &&
    !dimensionsOf[figure.unit].includes(bound.dimension)
  )
    throw new ThresholdError(`${unitWords[figure.unit]}, which is what ${figure.name} is counted in`, `a unit of ${bound.dimension}`);
  if (isRelative(threshold)) {
    if (figure.unit === 'count')
      throw new ThresholdError(`a number: ${figure.name} is a count, of which there is no ratio where it is 0`, 'baseline');
    if (threshold.comparator === '=') throw new ThresholdError('one of < <= > >= before baseline: two groups are never the same', '=');
  }
  return figure;
}

function findNamed(name: string, among: readonly Figure[]): Figure {
  try {
    return findFigure(name, among);
  } catch (error) {
    if (!(error instanceof FigureNameError)) throw error;
    throw new ThresholdError(error.expected, name);
  }
}
