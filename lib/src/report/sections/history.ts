import { from } from 'arquero';
import { formatFigure } from '../../analysis/figure-units.ts';
import type { HistoryLine } from '../../analysis/history.ts';
import { changeSentence, historyTitle, lineWords } from '../../analysis/history-words.ts';
import { type Block, type Section, sentence } from '../document.ts';

/** What a history shows, then a section for each line of comparable experiments: what each figure is now, and where its level changed. */
export function historySections(lines: readonly HistoryLine[]): readonly Section[] {
  const sections = lines.map((line, index): Section => {
    const title = lines.length === 1 ? undefined : `Line ${index + 1} of ${lines.length}`;
    return { ...(title !== undefined && { title }), blocks: [sentence(lineWords(line)), ...lineBlocks(line)] };
  });
  return [{ blocks: [sentence([{ strong: `${historyTitle(lines)}.` }])] }, ...sections];
}

function lineBlocks(line: HistoryLine): readonly Block[] {
  const rows = line.figures
    .filter(({ values }) => values.some(Number.isFinite))
    .map(({ title, unit, better, values, now, changes }) => ({
      figure: `${title}${better === undefined ? '' : ` (${better} is better)`}`,
      experiments: values.filter(Number.isFinite).length,
      'median now': formatFigure(now, unit),
      changes: changes.length,
    }));
  const changes = line.figures.flatMap((figure) =>
    figure.changes.map((change) => ({ change, words: changeSentence(line, figure, change) })),
  );
  const items = changes.toSorted((a, b) => a.change.point - b.change.point).map(({ words }) => words);
  return [
    { kind: 'table', table: from(rows), limit: Number.POSITIVE_INFINITY, headings: 'names' },
    ...(items.length > 0 ? [{ kind: 'list', items } as const] : []),
  ];
}
