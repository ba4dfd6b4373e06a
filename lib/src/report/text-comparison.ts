import type { Comparison } from '../analysis/compare-experiments.ts';
import {
  designOf,
  findingOf,
  lossLines,
  othersLine,
  readingOf,
  sideLine,
  standingOut,
  subjectOf,
  warningsOf,
} from '../analysis/comparison-words.ts';
import { judgedRows, tableOfRows, unjudgedRows } from './comparison-rows.ts';
import { textTable } from './text-table.ts';

export interface TextComparisonOptions {
  /** Prints every figure that is not judged, too. Default: those that stand out. */
  readonly all?: boolean;
}

/** A comparison as text: what comes out, what to know before believing it, the figures that were judged, and what else stands out. */
export function textComparison(comparison: Comparison, { all = false }: TextComparisonOptions = {}): string {
  const { a, b, unjudged } = comparison;
  const tables = [judgedRows(comparison), unjudgedRows(all ? unjudged : standingOut(comparison), comparison)].map((rows) => {
    const table = tableOfRows(rows);
    return table ? [textTable(table, { limit: Number.POSITIVE_INFINITY, headings: 'names' })] : [];
  });
  const [judged = [], others = []] = tables;
  const sections = [
    [`=== ${b.label} beside ${a.label} ===`, `${findingOf(comparison)}.`, ...warningsOf(comparison).map((warning) => `! ${warning}`)],
    [sideLine(a), sideLine(b), subjectOf(comparison), designOf(comparison)],
    judged,
    lossLines(comparison),
    [`${othersLine(comparison)}${all ? '' : ' --all shows all.'}`, ...others],
    readingOf(comparison),
  ];
  return `${sections
    .filter(({ length }) => length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
