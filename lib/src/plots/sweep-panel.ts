import type { CombinationFigure } from '../analysis/sweep-combinations.ts';
import type { ComparedFigure } from '../analysis/compared-figures.ts';
import type { SettingValue } from '../results/series-record.ts';
import type { SpecPart } from './plot-frame.ts';
import { legendAboveTitle, singleColor, titleAbove } from './theme.ts';

interface SweepPanel {
  readonly figure: ComparedFigure;
  readonly x: { readonly name: string; readonly title: string; readonly values: readonly SettingValue[] };
  /** By what they tell apart; none where there is nothing to. */
  readonly colors: readonly (readonly [string, string])[];
  readonly rows: readonly (CombinationFigure & { readonly xValue: SettingValue; readonly group: string })[];
  /** In place of lines between the medians of their groups. */
  readonly curves: readonly { readonly group: string; readonly x: number; readonly value: number }[];
  /** Of all values of all panels, which share their y axis. */
  readonly range: readonly [number, number];
  readonly width: number;
  readonly height: number;
}

/** One picture of a sweep: a setting along x, the figure along y. */
export function sweepPanel({ figure, x, colors, rows, curves, range, width, height }: SweepPanel): SpecPart {
  const numbers = x.values.filter((value) => typeof value === 'number');
  const isNumeric = numbers.length === x.values.length;
  const axis = isNumeric ? numericX(x.title, numbers) : nominalX(x.title, x.values.map(String));
  const beside = isNumeric
    ? besideEachOther(
        numbers,
        colors.map(([each]) => each),
      )
    : (value: SettingValue) => value;
  const xOf = (field: string): SpecPart => ({ ...axis, field });
  const y = yOf(figure, range);
  const color =
    colors.length === 0
      ? { value: singleColor }
      : {
          field: 'group',
          type: 'nominal',
          scale: { domain: colors.map(([name]) => name), range: colors.map(([, each]) => each) },
          legend: { symbolType: 'circle', ...legendAboveTitle },
        };
  const name = `${figure.title}${figure.unit === '' ? '' : ` (${figure.unit})`}`;
  const tooltip = [
    { field: 'label', type: 'nominal', title: 'settings' },
    ...['median', 'low', 'high'].map((field) => ({ field, type: 'quantitative', title: `${field} ${name}`, format: ',.4~r' })),
    { field: 'experiments', type: 'quantitative' },
  ];
  const medians = rows
    .filter(({ values }) => values.length > 0)
    .map(({ xValue, group, median, values, combination }) => ({
      x: beside(xValue, group),
      group,
      label: combination.label,
      median: round(median.value),
      low: round(Number.isNaN(median.low) ? median.value : median.low),
      high: round(Number.isNaN(median.high) ? median.value : median.high),
      experiments: values.length,
    }));
  const dots = rows.flatMap(({ xValue, group, values, combination }) =>
    values.map((value) => ({ x: beside(xValue, group), group, label: combination.label, value: round(value) })),
  );
  const curved = new Set(curves.map(({ group }) => group));
  const joined = medians.filter(({ group }) => !curved.has(group));
  return {
    width,
    height,
    layer: [
      {
        data: { values: curves.map(({ group, x: at, value }) => ({ x: round(at), group, value: round(value) })) },
        mark: { type: 'line', strokeWidth: 1.5, opacity: 0.8 },
        encoding: { x: xOf('x'), y: { ...y, field: 'value' }, color },
      },
      // Lines between things that have no order would say that they have one.
      ...(isNumeric
        ? [
            {
              data: { values: joined },
              mark: { type: 'line', strokeWidth: 1.5, strokeDash: [4, 3], opacity: 0.8 },
              encoding: { x: xOf('x'), y: { ...y, field: 'median' }, color },
            },
          ]
        : []),
      {
        data: { values: medians },
        mark: { type: 'rule', strokeWidth: 5, opacity: 0.35, strokeCap: 'round' },
        encoding: { x: xOf('x'), y: { ...y, field: 'low' }, y2: { field: 'high' }, color, tooltip },
      },
      {
        data: { values: dots },
        mark: { type: 'point', filled: true, size: 14, opacity: 0.8 },
        encoding: {
          x: xOf('x'),
          y: { ...y, field: 'value' },
          color,
          tooltip: [
            { field: 'label', type: 'nominal' },
            { field: 'value', type: 'quantitative', title: name },
          ],
        },
      },
      {
        data: { values: medians },
        mark: { type: 'point', filled: true, size: 60, opacity: 1 },
        encoding: { x: xOf('x'), y: { ...y, field: 'median' }, color, tooltip },
      },
    ],
  };
}

function numericX(title: string, values: readonly number[]): SpecPart {
  const sorted = values.toSorted((a, b) => a - b);
  const isLog = isGeometric(sorted);
  const [low = 0, high = 0] = [sorted[0], sorted.at(-1)];
  const domain = isLog
    ? [low / (high / low) ** 0.04, high * (high / low) ** 0.04]
    : [Math.min(low, Math.max(0, low - (high - low) * 0.04)), high + (high - low) * 0.04];
  return {
    type: 'quantitative',
    title,
    scale: { type: isLog ? 'log' : 'linear', domain: domain.map(round), nice: false, zero: false },
    axis: { values: sorted, grid: true, format: ',.4~r', labelFlush: false },
  };
}

/** Points of several colours next to each other, so that none hides another: by about a hundredth of the axis. */
function besideEachOther(values: readonly number[], groups: readonly string[]): (value: SettingValue, group: string) => SettingValue {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isLog = isGeometric(values.toSorted((a, b) => a - b));
  return (value, group) => {
    if (typeof value !== 'number' || groups.length < 2) return value;
    const step = (groups.indexOf(group) - (groups.length - 1) / 2) * 0.011;
    return round(isLog ? value * (high / low) ** step : value + (high - low) * step);
  };
}

function nominalX(title: string, values: readonly string[]): SpecPart {
  return { type: 'nominal', title, scale: { domain: values, type: 'point', padding: 0.6 }, axis: { labelAngle: 0, labelLimit: 140 } };
}

/** Larger values further apart, by about the same factor: 5, 10, 20, 40. */
export function isGeometric(sorted: readonly number[]): boolean {
  const [first = 0] = sorted;
  if (first <= 0 || sorted.length < 2) return false;
  const steps = (of: (value: number) => number): number => {
    const all = sorted.slice(1).map((value, index) => of(value) - of(sorted[index]!));
    const mean = all.reduce((sum, step) => sum + step, 0) / all.length;
    return Math.sqrt(all.reduce((sum, step) => sum + (step / mean - 1) ** 2, 0) / all.length);
  };
  if (sorted.length === 2) return (sorted[1] ?? 0) / first >= 4;
  return steps(Math.log) < steps((value) => value);
}

/** So many times as large, and a linear axis shows nothing of the smallest. */
const logFrom = 30;

function yOf(figure: ComparedFigure, [smallest, largest]: readonly [number, number]): SpecPart {
  const isLog = smallest > 0 && largest / smallest >= logFrom;
  return {
    type: 'quantitative',
    title: figure.unit === '' ? figure.title : `${figure.title}, ${figure.unit}`,
    scale: isLog
      ? { type: 'log', nice: false, domain: [round(smallest / 1.3), round(largest * 1.3)] }
      : { domain: [0, round(largest * 1.08) || 1], nice: false },
    axis: { ...titleAbove, format: ',.3~r' },
  };
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}
