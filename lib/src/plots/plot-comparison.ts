import type { Comparison } from '../analysis/compare-experiments.ts';
import { formatFigure } from '../analysis/figure-units.ts';
import type { JudgedFigure } from '../analysis/judge-figures.ts';
import { answerWords, changeOf, designOf, findingOf, intervalOf, percentOf, warningsOf } from '../analysis/comparison-words.ts';
import type { Plot } from './plot.ts';
import { type SpecPart, titledPlot } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { unbrokenSpace } from './text-fit.ts';
import { neutralColor, outcomeColors, plotWidth } from './theme.ts';

const rowHeight = 30;
const labelWidth = 210;
const answerWidth = 200;
/** Beyond this factor of the farthest estimate an interval is cut off: nothing else would be seen. */
const mostBeyond = 3;

/**
 * What B is beside A, a row a figure: the ratio with its interval, thick where it decides about equivalence, against the margin within which a
 * difference does not matter.
 *
 * The axis is of logarithms, so that twice and half are as far from no change. Colours tell the answer. A figure without an interval (too few
 * experiments) has only its ratio.
 */
export function plotComparison(comparison: Comparison, options: PlotOptions = {}): Plot {
  const { width = plotWidth } = options;
  const { judged, margin, alpha } = comparison;
  const drawn = judged.filter(({ ratio }) => Number.isFinite(ratio.value));
  const inner = Math.max(160, width - labelWidth - answerWidth + 100);
  const title = options.title ?? findingOf(comparison).replaceAll(' %', `${unbrokenSpace}%`);
  const lines = [
    `${designOf(comparison)} Grey: ${percentOf(margin)} either way. Lines: ${percentOf(1 - alpha)} interval, thick ${percentOf(1 - 2 * alpha)}: within the grey it is equivalent.`,
    ...warningsOf(comparison),
  ];
  const body = drawn.length === 0 ? nothing(inner) : rows(drawn, comparison, inner, options.height);
  return titledPlot(title, lines, body, width);
}

function rows(judged: readonly JudgedFigure[], comparison: Comparison, width: number, height: number | undefined): SpecPart {
  const { a, b, margin } = comparison;
  const domain = domainOf(judged, margin);
  const cut = (value: number, otherwise: number): number =>
    Number.isFinite(value) ? Math.min(Math.max(value, domain[0]), domain[1]) : otherwise;
  const values = judged.map((figure) => ({
    figure: figure.title,
    better: `${figure.better} is better`,
    outcome: figure.outcome,
    ratio: round(figure.ratio.value),
    low: round(cut(figure.ratio.low, figure.ratio.value)),
    high: round(cut(figure.ratio.high, figure.ratio.value)),
    equivalenceLow: round(cut(figure.equivalence.low, figure.ratio.value)),
    equivalenceHigh: round(cut(figure.equivalence.high, figure.ratio.value)),
    change: changeOf(figure.ratio.value),
    interval: intervalOf(figure.ratio),
    a: formatFigure(figure.a, figure.unit),
    b: formatFigure(figure.b, figure.unit),
    answer: answerWords(figure, comparison),
  }));
  const y = {
    field: 'figure',
    type: 'nominal',
    title: null,
    scale: { domain: values.map(({ figure }) => figure) },
    axis: { labelLimit: labelWidth, minExtent: labelWidth - 40, domain: false, ticks: false, labelFontSize: 12 },
  };
  const x = (field: string): SpecPart => ({
    field,
    type: 'quantitative',
    title: `change from ${a.label} to ${b.label}`,
    scale: { type: 'log', domain, nice: false },
    axis: { grid: true, labelExpr: tickWords, values: ticksOf(domain), tickCount: 20, labelOverlap: false, labelFlush: false },
  });
  const color = {
    field: 'outcome',
    type: 'nominal',
    scale: { domain: Object.keys(outcomeColors), range: Object.values(outcomeColors) },
    legend: null,
  };
  const tooltip = (
    [
      ['figure', 'figure'],
      ['better', 'which end is good'],
      ['a', a.label],
      ['b', b.label],
      ['change', 'change'],
      ['interval', 'interval'],
      ['answer', 'answer'],
    ] as const
  ).map(([field, heading]) => ({ field, type: 'nominal', title: heading }));
  return {
    width,
    height: height ?? { step: rowHeight },
    data: { values },
    layer: [
      {
        data: { values: [{ from: 1 / (1 + margin), to: 1 + margin }] },
        mark: { type: 'rect', color: neutralColor, opacity: 0.22 },
        encoding: { x: x('from'), x2: { field: 'to' } },
      },
      {
        data: { values: [{ one: 1 }] },
        mark: { type: 'rule', color: neutralColor, strokeWidth: 1 },
        encoding: { x: x('one') },
      },
      { mark: { type: 'rule', strokeWidth: 1.5 }, encoding: { y, x: x('low'), x2: { field: 'high' }, color, tooltip } },
      {
        mark: { type: 'rule', strokeWidth: 5, opacity: 0.55 },
        encoding: { y, x: x('equivalenceLow'), x2: { field: 'equivalenceHigh' }, color, tooltip },
      },
      { mark: { type: 'point', filled: true, size: 70, opacity: 1 }, encoding: { y, x: x('ratio'), color, tooltip } },
      {
        mark: { type: 'text', align: 'left', baseline: 'bottom', dy: -1, fontSize: 11, fontWeight: 600 },
        encoding: { y, x: { value: width + 10 }, text: { field: 'answer', type: 'nominal' }, color, tooltip },
      },
      {
        transform: [{ calculate: "datum.interval === '–' ? datum.change : datum.change + '  (' + datum.interval + ')'", as: 'numbers' }],
        mark: { type: 'text', align: 'left', baseline: 'top', dy: 2, fontSize: 10 },
        encoding: { y, x: { value: width + 10 }, text: { field: 'numbers', type: 'nominal' }, tooltip },
      },
    ],
  };
}

function nothing(width: number): SpecPart {
  return {
    width,
    height: 40,
    data: { values: [{ text: 'no figure is known of both' }] },
    mark: { type: 'text', fontSize: 13 },
    encoding: { text: { field: 'text', type: 'nominal' } },
  };
}

/** All intervals, cut off where they are far beyond every estimate, with the margin and some room around. */
function domainOf(judged: readonly JudgedFigure[], margin: number): readonly [number, number] {
  const logs = judged.map(({ ratio }) => Math.log(ratio.value));
  const band = 1.6 * Math.log1p(margin);
  const least = Math.min(-band, ...logs);
  const most = Math.max(band, ...logs);
  const room = Math.max(Math.log(mostBeyond) / 4, most - least);
  const ends = judged
    .flatMap(({ ratio: { low, high } }) => [low, high])
    .filter(Number.isFinite)
    .map(Math.log);
  const from = Math.max(Math.min(least, ...ends), least - room);
  const to = Math.min(Math.max(most, ...ends), most + room);
  const padding = 0.04 * (to - from);
  return [round(Math.exp(from - padding)), round(Math.exp(to + padding))];
}

const tickWords =
  "datum.value === 1 ? 'no change' : datum.value > 2 || datum.value < 0.5 ? format(datum.value, '.3~g') + ' times' : format(100 * (datum.value - 1), '+.3~g') + ' %'";

/** Round changes within the domain: percents while it is narrow, factors where it is wide. */
function ticksOf([from, to]: readonly [number, number]): readonly number[] {
  const width = to / from;
  const step = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2].find((each) => Math.log(width) / each <= 6);
  const steps = step === undefined ? (width > 20 ? veryWide : wide) : Array.from({ length: 41 }, (_, index) => 1 + (index - 20) * step);
  return steps.filter((value) => value >= from && value <= to).map((value) => Number(value.toPrecision(6)));
}

const wide = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.4, 2, 3, 5, 10];
const veryWide = [0.001, 0.01, 0.1, 0.3, 1, 3, 10, 100, 1000];

function round(value: number): number {
  return Number(value.toPrecision(6));
}
