import { numberColumn } from '../analysis/columns.ts';
import { figureOf } from '../analysis/figures.ts';
import { firingsOf } from '../analysis/firings.ts';
import { formatSeconds, plural } from '../analysis/format-figure.ts';
import type { Experiment } from '../results/experiment.ts';
import { timeAxisTitle } from './axes.ts';
import { digits } from './digits.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { legendAboveTitle, plotWidth, referenceColor, singleColor, stallColor } from './theme.ts';

const kinds = { once: 'fired once', doubled: 'fired more than once', missed: 'missed' } as const;

/** More points than these nobody tells apart: of more schedules the first ones are drawn. */
const mostPoints = 5000;

/**
 * When schedules of periodic work were due, and how late they fired: a point a schedule and moment, by its colour whether it fired once, more than once, or
 * not at all (those stand on the axis).
 */
export function plotFirings(experiment: Experiment, options: PlotOptions = {}): Plot {
  const all = firingsOf(experiment);
  if (all.numRows() === 0) return emptyPlot([experiment], 'Periodic work: no schedule was due (periodic: in the config)', options);
  const [due, firings, lateness] = (['dueSeconds', 'firings', 'latenessSeconds'] as const).map((name) => numberColumn(all, name)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const values = Array.from({ length: Math.min(all.numRows(), mostPoints) }, (_, row) => ({
    seconds: digits(due[row] as number),
    late: firings[row] === 0 ? 0 : digits(lateness[row] as number),
    kind: firings[row] === 0 ? kinds.missed : (firings[row] as number) > 1 ? kinds.doubled : kinds.once,
  }));
  const count = (name: string): number => figureOf(experiment, `firings.${name}`);
  const doubled = count('doubled');
  const found = [
    `p50 ${formatSeconds(figureOf(experiment, 'firingLateness.p50'))} late`,
    `${count('missed')} of ${plural(count('due'), 'moment')} missed`,
    ...(doubled > 0 ? [`${doubled} doubled`] : []),
  ].join(', ');
  return framePlot(
    [experiment],
    {
      title: `Periodic work: ${found}`,
      notes: values.length < all.numRows() ? [`Of ${all.numRows()} moments the first ${mostPoints}.`] : [],
    },
    {
      width: options.width ?? plotWidth,
      height: options.height ?? 200,
      data: { values },
      mark: { type: 'point', filled: true, opacity: 0.7, size: 40, tooltip: true },
      encoding: {
        x: { field: 'seconds', type: 'quantitative', title: timeAxisTitle([experiment]) },
        y: { field: 'late', type: 'quantitative', title: 'begun later than due (s)' },
        color: {
          field: 'kind',
          type: 'nominal',
          scale: { domain: Object.values(kinds), range: [singleColor, referenceColor, stallColor] },
          legend: { ...legendAboveTitle },
        },
        shape: { field: 'kind', type: 'nominal', scale: { domain: Object.values(kinds), range: ['circle', 'triangle-up', 'cross'] } },
      },
    },
    options,
  );
}
