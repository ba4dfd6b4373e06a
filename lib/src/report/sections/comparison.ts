import { from } from 'arquero';
import type { Comparison } from '../../analysis/compare-experiments.ts';
import {
  answerWords,
  changeOf,
  designOf,
  findingOf,
  intervalOf,
  lossLines,
  othersLine,
  readingOf,
  sideLine,
  standingOut,
  subjectOf,
  warningsOf,
} from '../../analysis/comparison-words.ts';
import { formatFigure } from '../../analysis/figure-units.ts';
import type { JudgedFigure, UnjudgedFigure } from '../../analysis/judge-figures.ts';
import { type Block, type Section, sentence } from '../document.ts';

export interface ComparisonSectionsOptions {
  /** Shows every figure that is not judged. Default: those that stand out. */
  readonly all?: boolean;
}

/** What comes out of a comparison, then what to know before believing it, the figures that were judged, what else stands out, and how it was done. */
export function comparisonSections(comparison: Comparison, { all = false }: ComparisonSectionsOptions = {}): readonly Section[] {
  const { a, b, judged, unjudged } = comparison;
  const others = all ? unjudged : standingOut(comparison);
  return [
    {
      blocks: [
        sentence([{ strong: `${findingOf(comparison)}.` }]),
        ...warningsOf(comparison).map((text): Block => ({ kind: 'note', label: 'warning', text })),
      ],
    },
    {
      blocks: tableOf(
        judged.map((figure) => ({
          ...shownRow(figure, `${figure.title} (${figure.better} is better)`, comparison),
          answer: answerWords(figure, comparison),
        })),
      ),
    },
    { blocks: [{ kind: 'list', items: lossLines(comparison) }] },
    {
      title: 'Compared',
      blocks: [sideLine(a), sideLine(b), subjectOf(comparison), designOf(comparison), ...readingOf(comparison)].map((text) =>
        sentence(text),
      ),
    },
    {
      title: 'Not judged, to look into',
      blocks: [sentence(othersLine(comparison)), ...tableOf(others.map((figure) => shownRow(figure, figure.title, comparison)))],
    },
  ];
}

function tableOf(rows: readonly Readonly<Record<string, string>>[]): readonly Block[] {
  return rows.length === 0 ? [] : [{ kind: 'table', table: from([...rows]), limit: Number.POSITIVE_INFINITY, headings: 'names' }];
}

function shownRow(
  { a: valueOfA, b: valueOfB, unit, ratio }: JudgedFigure | UnjudgedFigure,
  title: string,
  { a, b }: Comparison,
): Readonly<Record<string, string>> {
  return {
    figure: title,
    [a.label]: formatFigure(valueOfA, unit),
    [b.label]: formatFigure(valueOfB, unit),
    change: changeOf(ratio.value),
    interval: intervalOf(ratio),
  };
}
