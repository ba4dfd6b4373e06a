import { type Capacity, type JudgedProbe, capacityOf } from '../analysis/capacity.ts';
import { capacityFinding } from '../analysis/capacity-finding.ts';
import { plural } from '../analysis/format-figure.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Summary } from '../analysis/summary.ts';
import type { Series } from '../results/series.ts';
import type { Plot } from './plot.ts';
import { type SpecPart, titledPlot } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { answerColors, plotWidth, referenceColor, titleAbove } from './theme.ts';

export interface PlotCapacityOptions extends Omit<PlotOptions, 'label' | 'facet' | 'palette'> {
  /** A figure of the objective (`response.p99`). Default: the first of it that is a time. */
  readonly figure?: string;
}

/**
 * A figure of the objective by the rate that was offered: a dot a probe, coloured by whether it was kept, the bound as a line, and the
 * interval of the capacity as a band. Probes of the longer load are diamonds.
 *
 * Throws a RangeError when `series` is no capacity search, no probe of it can be drawn, or the objective has no such figure.
 */
export function plotCapacity(series: Series, options: PlotCapacityOptions = {}): Plot {
  const capacity = capacityOf(series);
  const results = capacity.probes.flatMap((probe) => resultsOf(probe).map((result) => ({ probe, result })));
  const figure = options.figure ?? results.find(({ result }) => result.unit === 'seconds')?.result.figure ?? results[0]?.result.figure;
  const shown = results.filter(({ result }) => result.figure === figure);
  const [first] = shown;
  if (!first)
    throw new RangeError(
      `plotCapacity: expected one of the figures ${[...new Set(results.map(({ result }) => result.figure))].join(', ')}, got ${figure ?? 'no probe with any'}`,
    );
  const { title, unit, bound } = first.result;
  const known = shown.flatMap(({ probe, result: { value } }) => (value === null ? [] : [{ probe, value }]));
  const name = `${title}${unit === 'seconds' ? ' (s)' : unit === 'count' ? '' : ` (${unit})`}`;
  const logarithmic = known.every(({ value }) => value > 0) && (bound ?? 0) > 0;
  const shortest = Math.min(...capacity.probes.map(({ seconds }) => seconds));
  const y = { field: 'value', type: 'quantitative', scale: { type: logarithmic ? 'log' : 'linear' }, axis: { title: name, ...titleAbove } };
  const x = {
    field: 'rate',
    type: 'quantitative',
    scale: { type: 'log', nice: false, padding: 12 },
    axis: { title: 'offered load (runs/s)', labelOverlap: true, format: '~s' },
  };
  const dots = known.map(({ probe, value }) => ({
    rate: probe.runsPerSecond,
    value,
    answer: probe.answer,
    load: `${probe.seconds} s${probe.seconds > shortest ? ' (confirming)' : ''}`,
    reason: probe.reason,
  }));
  return titledPlot(
    options.title ?? capacityFinding(capacity),
    [
      `${series.record.name}: ${plural(capacity.probes.length, 'probe')}, each on a fresh database. The line is the bound, the band the interval of the capacity.`,
    ],
    {
      width: options.width ?? plotWidth,
      height: options.height ?? 300,
      layer: [
        ...intervalBand(capacity),
        {
          data: { values: [{ value: bound }] },
          mark: { type: 'rule', color: referenceColor, strokeDash: [5, 3], strokeWidth: 1.5 },
          encoding: { y },
        },
        {
          data: { values: dots },
          mark: { type: 'point', filled: true, size: 70, opacity: 0.85 },
          encoding: {
            x,
            y,
            color: {
              field: 'answer',
              type: 'nominal',
              scale: { domain: Object.keys(answerColors), range: Object.values(answerColors) },
              legend: { title: null, symbolType: 'circle' },
            },
            shape: { field: 'load', type: 'nominal', scale: { range: ['circle', 'diamond'] }, legend: { title: 'load' } },
            tooltip: [
              { field: 'rate', type: 'quantitative', title: 'offered (runs/s)' },
              { field: 'value', type: 'quantitative', title: name, format: '.4~r' },
              { field: 'answer', type: 'nominal' },
              { field: 'load', type: 'nominal' },
              { field: 'reason', type: 'nominal' },
            ],
          },
        },
      ],
    },
    options.width ?? plotWidth,
  );
}

type Judged = Summary['thresholds'][number];

function resultsOf({ experiment }: JudgedProbe): readonly Judged[] {
  return experiment ? summaryOf(experiment).thresholds : [];
}

/** What is open on one side has no band. */
function intervalBand({ runsPerSecond: { low, high } }: Capacity): readonly SpecPart[] {
  if (!(low < high)) return [];
  const x = { field: 'low', type: 'quantitative' };
  return [
    {
      data: { values: [{ low, high }] },
      mark: { type: 'rect', color: answerColors.kept, opacity: 0.18 },
      encoding: { x, x2: { field: 'high' } },
    },
  ];
}
