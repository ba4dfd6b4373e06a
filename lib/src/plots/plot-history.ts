import type { FigureHistory, HistoryLine } from '../analysis/history.ts';
import { changeOf } from '../analysis/comparison-words.ts';
import { shownUnits } from '../analysis/figure-units.ts';
import { plural, shortCommit } from '../analysis/format-figure.ts';
import { historyTitle } from '../analysis/history-words.ts';
import type { Plot } from './plot.ts';
import { type SpecPart, titledPlot } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { colorsOfMany, outcomeColors, plotWidth, titleAbove } from './theme.ts';

/** So many commits fit on the axis side by side. */
const mostLabels = 12;
const panelHeight = 110;

/**
 * Figures over time, a panel each: a dot an experiment in the order of time, a line the level between changes, a mark at each change with its size,
 * and the commits on the axis where they change (dates where none is known).
 *
 * Every line has a colour of its own: experiments of another config, target, host or Postgres are not comparable. Throws a RangeError when
 * there is nothing to draw.
 */
export function plotHistory(lines: readonly HistoryLine[], options: PlotOptions = {}): Plot {
  const [first] = lines;
  if (!first) throw new RangeError('plotHistory: expected a history of at least one experiment, got none');
  const { width = plotWidth, height = panelHeight } = options;
  const known = first.figures.filter((_, index) => lines.some(({ figures }) => figures[index]!.values.some(Number.isFinite)));
  const places = placesOf(lines);
  const colors = colorsOfMany(lines.length);
  const labels = lines.map((_, index) => `line ${index + 1}`);
  const panels = known.map((figure, index) =>
    panel(
      lines.map(({ figures }) => figures.find(({ name }) => name === figure.name)!),
      { lines, places, labels, colors, width, height, isLast: index === known.length - 1 },
    ),
  );
  const subtitle = [
    ...lines.map((line, index) => `${lines.length > 1 ? `${labels[index]}: ` : ''}${describeLine(line)}`),
    'Dots are experiments, evenly spaced; lines are means between changes (E-divisive with t tests: Hunter, ICPE 2023).',
  ];
  return titledPlot(options.title ?? historyTitle(lines), subtitle, { vconcat: panels, spacing: 22 }, width);
}

interface Place {
  /** Unique, and what the axis shows behind the bar. */
  readonly key: string;
  readonly isLabelled: boolean;
}

/** By line and point, its place on the axis that all lines share. */
function placesOf(lines: readonly HistoryLine[]): { readonly all: readonly Place[]; readonly of: readonly (readonly number[])[] } {
  const points = lines
    .flatMap(({ points: members }, line) => members.map((point, index) => ({ point, line, index })))
    .toSorted((a, b) => a.point.atMs - b.point.atMs);
  const haveCommits = points.some(({ point }) => point.commit !== '');
  const words = points.map(({ point }) => (haveCommits ? shortCommit(point.commit) : new Date(point.atMs).toISOString().slice(5, 10)));
  const of = lines.map(({ points: members }) => members.map(() => 0));
  points.forEach(({ line, index }, place) => (of[line]![index] = place));
  const borders = lines.flatMap(({ figures }, line) => figures.flatMap(({ changes }) => changes.map(({ point }) => of[line]![point]!)));
  const newWords = words.flatMap((word, index) => (word !== words[index - 1] ? [index] : []));
  const labelled = new Set<number>();
  // Where a level changed one asks for the commit first.
  for (const place of [...borders, ...newWords]) {
    const isFree = [...labelled].every((other) => Math.abs(other - place) * mostLabels >= words.length);
    if (isFree) labelled.add(place);
  }
  return { all: words.map((word, index) => ({ key: `${index}|${word}`, isLabelled: labelled.has(index) })), of };
}

interface PanelOptions {
  readonly lines: readonly HistoryLine[];
  readonly places: ReturnType<typeof placesOf>;
  readonly labels: readonly string[];
  readonly colors: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly isLast: boolean;
}

function panel(figures: readonly FigureHistory[], { lines, places, labels, colors, width, height, isLast }: PanelOptions): SpecPart {
  const [{ title, unit, better } = figures[0]!] = figures;
  const { symbol, divisor } = shownUnits[unit];
  const round = (value: number): number => Number((value / divisor).toPrecision(6));
  const keyOf = (line: number, point: number): string => places.all[places.of[line]![point]!]!.key;
  const dots = figures.flatMap(({ values }, line) =>
    values.flatMap((value, point) => {
      const { experiment, commit, version, atMs } = lines[line]!.points[point]!;
      const time = new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
      return Number.isNaN(value)
        ? []
        : [{ place: keyOf(line, point), value: round(value), line: labels[line], experiment, commit: shortCommit(commit), version, time }];
    }),
  );
  const levels = figures.flatMap((figure, line) =>
    levelsOf(figure).map(([from, to, mean]) => ({
      from: keyOf(line, from),
      to: keyOf(line, to),
      mean: round(mean),
      line: labels[line],
    })),
  );
  const changes = figures.flatMap((figure, line) =>
    figure.changes.map(({ point, meanBefore, meanAfter, outcome, differences }) => ({
      place: keyOf(line, point),
      mean: round(meanAfter),
      change: changeOf(meanAfter / meanBefore),
      outcome: outcome === 'neither' ? 'cannot tell' : outcome,
      what:
        differences.map(({ what, before, after }) => `${what} ${shortCommit(before)} → ${shortCommit(after)}`).join(', ') ||
        'nothing that is noted',
    })),
  );
  const x = (field: string): SpecPart => ({
    field,
    type: 'ordinal',
    scale: { type: 'point', domain: places.all.map(({ key }) => key), padding: 0.5 },
    title: null,
    axis: {
      values: places.all.filter(({ isLabelled }) => isLabelled).map(({ key }) => key),
      labelExpr: "split(datum.value, '|')[1]",
      labels: isLast,
      labelAngle: -35,
      // Else every second value is left out.
      tickCount: places.all.length,
      labelOverlap: false,
      grid: true,
    },
  });
  const y = (field: string): SpecPart => ({
    field,
    type: 'quantitative',
    title: `${title}${symbol === '' ? '' : ` (${symbol})`}${better === undefined ? '' : `, ${better} is better`}`,
    scale: { zero: false, nice: true },
    axis: { ...titleAbove, tickCount: 4, format: ',.4~r', grid: true },
  });
  const color = { field: 'line', type: 'nominal', scale: { domain: labels, range: colors }, legend: null };
  const outcome = {
    field: 'outcome',
    type: 'nominal',
    scale: { domain: Object.keys(outcomeColors), range: Object.values(outcomeColors) },
    legend: null,
  };
  const text = (field: string): SpecPart => ({ field, type: 'nominal' });
  return {
    width,
    height,
    resolve: { scale: { color: 'independent' } },
    layer: [
      {
        data: { values: dots },
        mark: { type: 'point', filled: true, size: 22, opacity: 0.75 },
        encoding: {
          x: x('place'),
          y: y('value'),
          color,
          tooltip: [
            text('experiment'),
            text('time'),
            text('commit'),
            text('version'),
            { field: 'value', type: 'quantitative', title: `${title} (${symbol})` },
          ],
        },
      },
      {
        data: { values: levels },
        mark: { type: 'rule', strokeWidth: 2.5 },
        encoding: { x: x('from'), x2: { field: 'to' }, y: y('mean'), color },
      },
      {
        data: { values: changes },
        mark: { type: 'rule', strokeWidth: 1.5, strokeDash: [4, 3] },
        encoding: { x: x('place'), color: outcome, tooltip: [text('change'), text('what')] },
      },
      {
        data: { values: changes },
        mark: { type: 'text', align: 'left', dx: 4, baseline: 'top', fontSize: 11, fontWeight: 600 },
        encoding: { x: x('place'), y: { value: 0 }, text: text('change'), color: outcome, tooltip: [text('change'), text('what')] },
      },
    ],
  };
}

/** From and to (points that are known), and the mean of what is in between. */
function levelsOf({ values, changes }: FigureHistory): readonly (readonly [from: number, to: number, mean: number])[] {
  const known = values.flatMap((value, point) => (Number.isNaN(value) ? [] : [point]));
  const borders = [0, ...changes.map(({ point }) => known.indexOf(point)), known.length];
  return borders.slice(0, -1).flatMap((start, index) => {
    const members = known.slice(start, borders[index + 1]);
    const mean = members.reduce((sum, point) => sum + values[point]!, 0) / members.length;
    return members.length === 0 ? [] : [[members[0]!, members.at(-1)!, mean] as const];
  });
}

function describeLine({ setup: { config, target, host, postgres }, points }: HistoryLine): string {
  return `${plural(points.length, 'experiment')} of ${config} on ${target}, Postgres ${postgres}, ${host}`;
}
