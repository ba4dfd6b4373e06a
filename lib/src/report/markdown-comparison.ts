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
import type { JudgedFigure } from '../analysis/judge-figures.ts';
import { judgedRows, unjudgedRows } from './comparison-rows.ts';

const signs: Readonly<Record<JudgedFigure['outcome'], string>> = { better: '🟢', worse: '🔴', equivalent: '⚪', 'cannot tell': '❔' };

/** A comparison as Markdown that a pull request can show: what comes out first, how it was compared folded away. */
export function markdownComparison(comparison: Comparison): string {
  const { a, b, judged } = comparison;
  const rows = judgedRows(comparison).map((row, index) => ({ ...row, answer: `${signs[judged[index]!.outcome]} ${row['answer']}` }));
  const list = (lines: readonly string[]): string => lines.map((line) => `- ${plain(line)}`).join('\n');
  const names = (label: string, experiments: readonly string[]): string => `${label}: ${experiments.join(', ') || 'none'}`;
  const sections = [
    `### ${plain(`${b.label} beside ${a.label}`)}`,
    `**${plain(findingOf(comparison))}.**`,
    list(warningsOf(comparison).map((warning) => `⚠️ ${warning}`)),
    table(rows),
    list(lossLines(comparison)),
    '<details><summary>How this was compared</summary>',
    list([sideLine(a), sideLine(b), subjectOf(comparison), designOf(comparison), ...readingOf(comparison), othersLine(comparison)]),
    table(unjudgedRows(standingOut(comparison), comparison)),
    list([names(a.label, a.experiments), names(b.label, b.experiments)]),
    '</details>',
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function table(rows: readonly Readonly<Record<string, string>>[]): string {
  const [first] = rows;
  if (!first) return '';
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`;
  const heads = Object.keys(first);
  const aligned = heads.map((head) => (head === 'figure' || head === 'answer' ? '---' : '---:'));
  return [line(heads), `|${aligned.join('|')}|`, ...rows.map((row) => line(Object.values(row)))].join('\n');
}

/** Text in which nothing is taken for Markdown or HTML. */
function plain(text: string): string {
  return text
    .replace(/[\\`*_|[\]]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', ' ');
}
