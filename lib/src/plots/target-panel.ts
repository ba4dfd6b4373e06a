import type { TargetFigure } from '../analysis/compare-targets.ts';
import type { ComparedFigure } from '../analysis/compared-figures.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import type { SpecPart } from './plot-frame.ts';

const rowHeight = 24;

/** What a panel is of. `better` is said in the heading; left out where it is the same for all. */
export type TargetPanelFigure = Pick<ComparedFigure, 'title' | 'unit'> & Partial<Pick<ComparedFigure, 'better'>>;

/** What is known of one target, in the figure's unit. */
export type TargetValues = Omit<TargetFigure, 'figure'>;

export interface TargetPanelOptions {
  readonly targets: readonly string[];
  readonly colors: readonly string[];
  readonly width: number;
  readonly height: number | undefined;
}

/** A picture of one figure: a row a target, a dot a value, a line from the least to the most of them, a tick at their median; it begins at zero. */
export function targetPanel(
  figure: TargetPanelFigure,
  rows: readonly TargetValues[],
  { targets, colors, width, height }: TargetPanelOptions,
): SpecPart {
  const y = { field: 'target', type: 'nominal', title: null, scale: { domain: targets }, axis: { labelLimit: 110, minExtent: 84 } };
  const largest = Math.max(...rows.flatMap(({ values }) => values));
  const x = {
    field: 'value',
    type: 'quantitative',
    title: figure.unit,
    // Room for the number behind the last dot.
    scale: { domain: [0, round(largest * 1.18) || 1], nice: false },
    axis: { tickCount: 4, format: ',.3~r', grid: true },
  };
  const color = { field: 'target', type: 'nominal', scale: { domain: targets, range: colors }, legend: null };
  const name = `${figure.title} (${figure.unit})`;
  const number = (field: string, title: string): SpecPart => ({ field, type: 'quantitative', title, format: ',.4~r' });
  const summaries = rows
    .filter(({ values }) => values.length > 0)
    .map(({ target, values, median }) => ({
      target,
      value: round(median),
      least: round(values[0] ?? median),
      most: round(values.at(-1) ?? median),
      experiments: values.length,
      label: threeDigits(median),
    }));
  const dots = rows.flatMap(({ target, values }) => values.map((value) => ({ target, value: round(value) })));
  const tooltip = [
    { field: 'target', type: 'nominal' },
    number('value', `median ${name}`),
    number('least', 'least'),
    number('most', 'most'),
    number('experiments', 'experiments'),
  ];
  return {
    width,
    height: height ?? { step: rowHeight },
    title: { text: figure.better === undefined ? figure.title : `${figure.title} (${figure.better} is better)`, fontSize: 12, offset: 5 },
    data: { values: summaries },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 7, opacity: 0.35, strokeCap: 'round' },
        encoding: { y, x: { ...x, field: 'least' }, x2: { field: 'most' }, color, tooltip },
      },
      { mark: { type: 'tick', size: 17, thickness: 2.5, opacity: 1 }, encoding: { y, x, color, tooltip } },
      {
        data: { values: dots },
        mark: { type: 'point', filled: true, size: 32, opacity: 0.9 },
        encoding: { y, x, color, tooltip: [{ field: 'target', type: 'nominal' }, number('value', name)] },
      },
      {
        mark: { type: 'text', align: 'left', dx: 9, fontSize: 10 },
        encoding: { y, x: { ...x, field: 'most' }, text: { field: 'label', type: 'nominal' } },
      },
    ],
  };
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}
