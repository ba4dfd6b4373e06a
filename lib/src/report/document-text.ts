import type { Block, Fact, Section, ShownOutcome, Span } from './document.ts';
import { textTable } from './text-table.ts';

export interface TextLook {
  /** Facts as `label: value`, or in two columns. Default columns. */
  readonly facts?: 'colons' | 'columns';
}

/** Sections as plain text with an empty line between them, what is under a title indented; no line break at the end. Plots are not shown. */
export function renderText(sections: readonly Section[], look: TextLook = {}): string {
  return sections
    .filter(({ blocks }) => blocks.length > 0)
    .map(({ title, blocks }) => {
      const lines = blockLines(blocks, look);
      return (title === undefined ? lines : [`${title}:`, ...indented(lines)]).join('\n');
    })
    .join('\n\n');
}

/** A title over all sections, as the results of the first version had it. */
export function textTitle(title: string): string {
  return `=== ${title} ===`;
}

function blockLines(blocks: readonly Block[], look: TextLook): readonly string[] {
  // Facts and figures of one section stand below each other in the same columns.
  const labels = blocks.flatMap((block) => pairsOf(block).map(([label]) => label.length));
  const width = Math.max(0, ...labels);
  return blocks.flatMap((block) => linesOf(block, look, width));
}

function linesOf(block: Block, look: TextLook, width: number): readonly string[] {
  switch (block.kind) {
    case 'heading':
      return ['', `${block.text}:`];
    case 'sentence':
      return [typeof block.text === 'string' ? block.text : block.text.map(spanText).join('')];
    case 'note':
      return [`${block.label}: ${block.text}`];
    case 'facts':
      if (look.facts === 'colons') return block.facts.map(([label, value]) => `${label}: ${value}`);
      return inColumns(pairsOf(block), width);
    case 'figures':
      return inColumns(pairsOf(block), width);
    case 'outcomes':
      return outcomeLines(block.outcomes);
    case 'list':
      return block.items.map((item) => `- ${item}`);
    case 'table':
      return textTable(block.table, block).split('\n');
    case 'preformatted':
      return block.text.split('\n');
    case 'indented':
      return indented(blockLines(block.blocks, look));
    case 'plot':
      return [];
  }
}

/** Those that failed stand out among many. */
function outcomeLines(outcomes: readonly ShownOutcome[]): readonly string[] {
  const wordOf = ({ outcome }: ShownOutcome): string => (outcome === 'failed' ? 'FAILED' : outcome);
  const width = Math.max(...outcomes.map((each) => wordOf(each).length));
  return outcomes.map((each) => {
    const of = each.experiment === undefined ? '' : ` (${each.experiment})`;
    return `${wordOf(each).padEnd(width)}  ${each.required}: ${each.words}${of}`;
  });
}

function pairsOf(block: Block): readonly Fact[] {
  if (block.kind === 'facts') return block.facts;
  if (block.kind !== 'figures') return [];
  return block.figures.map(({ title, value, detail }) => [title, detail === undefined ? value : `${value} (${detail})`]);
}

function inColumns(pairs: readonly Fact[], width: number): readonly string[] {
  return pairs.map(([label, value]) => `${label.padEnd(width)}  ${value}`);
}

function spanText(span: Span): string {
  if (typeof span === 'string') return span;
  return 'strong' in span ? span.strong : 'code' in span ? span.code : span.link;
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? line : `  ${line}`));
}
