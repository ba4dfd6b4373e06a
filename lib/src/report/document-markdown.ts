import type { ColumnTable } from 'arquero';
import { type Headings, formatColumn, headingOf } from './column-format.ts';
import type { Block, Section, ShownOutcome, Span } from './document.ts';
import { printable, printableLine } from './printable.ts';
import { redact } from './redact.ts';

/** Sections as GitHub's Markdown, those with a title folded away under it; no line break at the end. Without paths and passwords; plots are not shown. */
export function renderMarkdown(sections: readonly Section[]): string {
  return sections
    .filter(({ blocks }) => blocks.length > 0)
    .map(({ title, blocks }) => {
      const inner = blocksMarkdown(blocks);
      return title === undefined ? inner : `<details><summary>${markdownText(title)}</summary>\n\n${inner}\n\n</details>`;
    })
    .join('\n\n');
}

/** Text in which nothing is taken for Markdown or HTML. */
export function markdownText(text: string): string {
  return printable(redact(text))
    .replace(/[\\`*_~|[\]#]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\s*\n\s*/g, ' ');
}

function blocksMarkdown(blocks: readonly Block[]): string {
  return blocks
    .map(blockMarkdown)
    .filter((part) => part !== '')
    .join('\n\n');
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `#### ${markdownText(block.text)}`;
    case 'sentence':
      return typeof block.text === 'string' ? markdownText(block.text) : block.text.map(spanMarkdown).join('');
    case 'note':
      return `⚠️ ${markdownText(block.text)}`;
    case 'facts':
      return listMarkdown(block.facts.map(([label, value]) => `${label}: ${value}`));
    case 'figures':
      return listMarkdown(
        block.figures.map(({ title, value, detail }) => `${title}: ${value}${detail === undefined ? '' : ` (${detail})`}`),
      );
    case 'outcomes':
      return outcomesMarkdown(block.outcomes);
    case 'list':
      return listMarkdown(block.items);
    case 'table':
      return tableMarkdown(block.table, block);
    case 'preformatted':
      return `\`\`\`\n${printable(redact(block.text)).replaceAll('```', "'''")}\n\`\`\``;
    case 'indented':
      return blocksMarkdown(block.blocks);
    case 'plot':
      return '';
  }
}

export const outcomeSigns: Readonly<Record<ShownOutcome['outcome'], string>> = { passed: '✅', failed: '❌', inconclusive: '⚠️' };

function outcomesMarkdown(outcomes: readonly ShownOutcome[]): string {
  const hasExperiments = outcomes.some(({ experiment }) => experiment !== undefined);
  const line = (cells: readonly string[], experiment: string): string =>
    `| ${[...cells, ...(hasExperiments ? [experiment] : [])].join(' | ')} |`;
  return [
    line(['', 'threshold', 'measured'], 'experiment'),
    line(['---', '---', '---'], '---'),
    ...outcomes.map(({ outcome, required, words, experiment = '' }) =>
      line([`${outcomeSigns[outcome]} ${outcome}`, codeMarkdown(required), markdownText(words)], markdownText(experiment)),
    ),
  ].join('\n');
}

/** A bar would end a cell of a table, also within code. */
function codeMarkdown(code: string): string {
  return `\`${redact(code)
    .replaceAll('`', "'")
    .replaceAll('|', String.raw`\|`)
    .replaceAll(/\s+/g, ' ')}\``;
}

function listMarkdown(items: readonly string[]): string {
  return items.map((item) => `- ${markdownText(item)}`).join('\n');
}

function tableMarkdown(
  table: ColumnTable,
  { limit = 50, headings = 'words' }: { readonly limit?: number; readonly headings?: Headings },
): string {
  const rows = table.objects({ limit }) as readonly Readonly<Record<string, unknown>>[];
  const names = table.columnNames();
  const columns = names.map((name) =>
    formatColumn(
      name,
      rows.map((row) => row[name]),
    ),
  );
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`;
  return [
    line(columns.map((column, index) => headingOf(names[index] ?? '', column, headings))),
    `|${columns.map(({ isNumeric }) => (isNumeric ? '---:' : '---')).join('|')}|`,
    ...rows.map((_, row) => line(columns.map(({ cells }) => cells[row] ?? ''))),
  ].join('\n');
}

function spanMarkdown(span: Span): string {
  if (typeof span === 'string') return markdownText(span);
  if ('strong' in span) return `**${markdownText(span.strong)}**`;
  return 'code' in span ? `\`${printableLine(redact(span.code)).replaceAll('`', "'")}\`` : markdownText(span.link);
}
