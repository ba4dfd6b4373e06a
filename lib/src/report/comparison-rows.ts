import { type ColumnTable, from } from 'arquero';
import type { Comparison } from '../analysis/compare-experiments.ts';
import { answerWords, changeOf, intervalOf } from '../analysis/comparison-words.ts';
import { formatFigure } from '../analysis/figure-units.ts';
import type { UnjudgedFigure } from '../analysis/judge-figures.ts';

type Row = Readonly<Record<string, string>>;

/** The figures that were judged, a row each, as text: figure, A and B under their labels, change, interval, answer. */
export function judgedRows(comparison: Comparison): readonly Row[] {
  return comparison.judged.map((figure) => ({
    ...shownRow(figure, `${figure.title} (${figure.better} is better)`, comparison),
    answer: answerWords(figure, comparison),
  }));
}

/** The same of figures that were not. */
export function unjudgedRows(figures: readonly UnjudgedFigure[], comparison: Comparison): readonly Row[] {
  return figures.map((figure) => shownRow(figure, figure.title, comparison));
}

/** Rows as a table; undefined of none. */
export function tableOfRows(rows: readonly Row[]): ColumnTable | undefined {
  return rows.length === 0 ? undefined : from([...rows]);
}

function shownRow(
  { a: valueOfA, b: valueOfB, unit, ratio }: UnjudgedFigure | Comparison['judged'][number],
  title: string,
  { a, b }: Comparison,
): Row {
  return {
    figure: title,
    [a.label]: formatFigure(valueOfA, unit),
    [b.label]: formatFigure(valueOfB, unit),
    change: changeOf(ratio.value),
    interval: intervalOf(ratio),
  };
}
