import { type ComparedFigure, comparedFigure } from '../analysis/compared-figures.ts';
import { plural } from '../analysis/format-figure.ts';
import { type Scaling, scalingOf } from '../analysis/scaling.ts';
import {
  type Combination,
  type CombinationFigure,
  combinationsOf,
  figureByCombination,
  headlineFigure,
  settingsOf,
  sweepFigures,
} from '../analysis/sweep-combinations.ts';
import { sweepFinding } from '../analysis/sweep-finding.ts';
import type { SettingValue } from '../results/series-record.ts';
import type { Series } from '../results/series.ts';
import { settingWords, shortNames } from '../results/setting-names.ts';
import { facetWidth, sideBySide } from './facets.ts';
import type { Plot } from './plot.ts';
import { type SpecPart, describeSize, titledPlot } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { sweepPanel } from './sweep-panel.ts';
import { colorsOfMany, plotWidth } from './theme.ts';

export interface PlotSweepOptions extends Omit<PlotOptions, 'label' | 'facet'> {
  /** A name of the catalogue (`response.p99`). Default: throughput, or response time where runs come by a schedule. */
  readonly figure?: string;
  /** The setting along the x axis, by its dotted name. Default: a number of places or schedulers, else the numbers of which there are most. */
  readonly x?: string;
  /** The setting that colours tell apart. Default: the target, else the first of the others. */
  readonly color?: string;
}

/**
 * A figure by the settings of a sweep: a dot an experiment, a larger one at their median, a line over the interval of it (`sweepTable`),
 * joined by lines, or, for throughput over places or schedulers, by the Universal Scalability Law where it can be told (`scalingOf`).
 *
 * One setting is along the x axis (logarithmic where its values are further apart the larger they are), another the colour; further ones have a
 * picture for each of their values. Throws a RangeError when no experiment ended as done, or there is no such setting or figure.
 */
export function plotSweep(series: Series, options: PlotSweepOptions = {}): Plot {
  const combinations = combinationsOf(series);
  const experiments = combinations.flatMap(({ done }) => done);
  if (experiments.length === 0)
    throw new RangeError(`plotSweep: expected a series with experiments that ended as done, got none in ${series.name}`);
  const figure = options.figure === undefined ? headlineFigure(combinations) : figureNamed(combinations, options.figure);
  const settings = settingsOf(combinations);
  const { x, color, others } = axesOf(settings, options);
  const colorValues = color === undefined ? [] : (settings.get(color) ?? []).map(String);
  const scalings = figure.name === 'throughput.tasksPerSecond' ? scalingOf(series).filter(({ setting }) => setting === x) : [];
  const groups = groupedBy(combinations, others);
  const width = facetWidth(groups.length, options.width ?? plotWidth);
  const short = shortNames([...settings.keys()]);
  const all = figureByCombination(combinations, figure);
  const largest = Math.max(...all.flatMap(({ values }) => values));
  const smallest = Math.min(...all.flatMap(({ values }) => values));
  const pictures = groups.map(([heading, members]): readonly [string, SpecPart] => {
    const rows = all.filter(({ combination }) => members.includes(combination));
    const panel = sweepPanel({
      figure,
      x: { name: x, title: short.get(x) ?? x, values: settings.get(x) ?? [] },
      colors: colorValues.map((value, index) => [value, options.palette?.[value] ?? colorsOfMany(colorValues.length)[index] ?? '']),
      rows: rows.map((row) => ({ ...row, xValue: row.combination.settings[x] ?? '', group: groupOf(row, color) })),
      curves: curvesOf(scalings, members, color),
      range: [smallest, largest],
      width,
      height: options.height ?? (groups.length > 1 ? 220 : 300),
    });
    return [heading, panel];
  });
  const counts = combinations.map(({ done }) => done.length);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const sizes = new Set(experiments.map(describeSize));
  const each = fewest === most ? plural(most, 'experiment') : `${fewest} to ${most} experiments`;
  const load = `${series.record.config}: ${sizes.size === 1 ? `${[...sizes].join('')}; ` : ''}${plural(combinations.length, 'combination')}, ${each} each`;
  return titledPlot(
    options.title ?? sweepFinding(combinations, figure),
    [
      load,
      `${figure.title}${figure.unit === '' ? '' : ` (${figure.unit})`}: ${figure.better} is better.${color === undefined ? '' : ` Colours: ${short.get(color) ?? color}.`}`,
      intervalNote(fewest, scalings),
    ],
    sideBySide(pictures, { width }),
    options.width ?? plotWidth,
  );
}

function figureNamed(combinations: readonly Combination[], name: string): ComparedFigure {
  return sweepFigures(combinations, [name])[0] ?? comparedFigure(name, []);
}

function intervalNote(fewest: number, scalings: readonly Scaling[]): string {
  const laws = scalings.some(({ law }) => law) ? ' Curves are the Universal Scalability Law.' : '';
  if (fewest < 2) return `Small dots are experiments.${laws}`;
  const level = fewest < 6 ? 1 - 2 ** (1 - fewest) : 0.95;
  return `Small dots are experiments, large ones their median, bars its interval (${Math.floor(100 * level)} % confidence).${laws}`;
}

interface Axes {
  readonly x: string;
  readonly color: string | undefined;
  readonly others: readonly string[];
}

function axesOf(settings: ReadonlyMap<string, readonly SettingValue[]>, options: PlotSweepOptions): Axes {
  const names = [...settings.keys()];
  for (const name of [options.x, options.color])
    if (name !== undefined && !settings.has(name))
      throw new RangeError(`plotSweep: expected one of the settings ${names.join(', ')}, got "${name}"`);
  const isNumeric = (name: string): boolean => (settings.get(name) ?? []).every((value) => typeof value === 'number');
  const rank = (name: string): number =>
    (isNumeric(name) ? 1000 : 0) +
    (name.startsWith('scheduler.max_concurrent_dispatches') || name === 'scheduler.processes' ? 500 : 0) +
    (settings.get(name)?.length ?? 0);
  const x = options.x ?? names.filter((name) => name !== options.color).toSorted((a, b) => rank(b) - rank(a))[0] ?? '';
  if (x === '') throw new RangeError('plotSweep: expected a series that sets something, got none of its settings');
  const left = names.filter((name) => name !== x);
  // What has one value only tells nothing apart.
  const telling = left.filter((name) => (settings.get(name)?.length ?? 0) > 1);
  const color = options.color ?? (telling.includes('target') ? 'target' : telling[0]);
  return { x, color, others: telling.filter((name) => name !== color) };
}

function groupedBy(combinations: readonly Combination[], names: readonly string[]): readonly (readonly [string, readonly Combination[]])[] {
  const groups = new Map<string, Combination[]>();
  for (const combination of combinations) {
    const heading = settingWords(Object.fromEntries(names.map((name) => [name, combination.settings[name]])));
    groups.set(heading, [...(groups.get(heading) ?? []), combination]);
  }
  return [...groups];
}

function groupOf({ combination }: CombinationFigure, color: string | undefined): string {
  return color === undefined ? '' : String(combination.settings[color]);
}

const curvePoints = 60;

/** Points of the law between the smallest and the largest size of these combinations. */
function curvesOf(
  scalings: readonly Scaling[],
  members: readonly Combination[],
  color: string | undefined,
): readonly { readonly group: string; readonly x: number; readonly value: number }[] {
  return scalings.flatMap(({ law, points, settings }) => {
    const isHere = members.some((member) => Object.entries(settings).every(([name, value]) => member.settings[name] === value));
    if (!law || !isHere) return [];
    const all = points.map(({ size }) => size);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return Array.from({ length: curvePoints }, (_, index) => {
      const size = low * (high / low) ** (index / (curvePoints - 1));
      return { group: color === undefined ? '' : String(settings[color]), x: size, value: law.predict(size) };
    });
  });
}
