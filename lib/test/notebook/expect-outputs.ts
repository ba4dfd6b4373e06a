import { expect } from 'vitest';
import { type NotebookFile, type Output, toText } from '../../src/notebook/notebook-file.ts';

/** What a code cell shows: a word for its kind (`text` was printed, `words` were shown), or a plot by the words in its title; a list for several outputs. */
type Kind =
  | 'nothing'
  | 'text'
  | 'notice'
  | 'words'
  | 'table'
  | 'experiment'
  | 'series'
  | 'comparison'
  | 'config'
  | 'verdict'
  | `plot: ${string}`;

/** A code cell by words of its source, and what it shows. */
export type ExpectedCell = readonly [source: string, kinds: Kind | readonly Kind[]];

export interface ExecutedCell {
  readonly source: string;
  readonly outputs: readonly Output[];
  /** The text form of its outputs. */
  readonly text: string;
}

const plotTypes = ['application/vnd.vegalite.v5+json', 'image/png', 'image/svg+xml', 'text/plain'];

/** Checks a notebook's outputs by kind, cell by cell, and returns its code cells without the one that was injected. */
export function expectOutputs(notebook: NotebookFile, expected: readonly ExpectedCell[]): readonly ExecutedCell[] {
  const cells = notebook.cells
    .filter((cell) => cell.cell_type === 'code' && !cell.metadata.tags?.includes('injected-parameters'))
    .map(({ source, outputs = [] }) => ({ source: toText(source), outputs, text: outputs.map(textOf).join('\n') }));
  expect(cells.map(({ source }) => source)).toEqual(expected.map(([source]) => expect.stringContaining(source)));
  for (const [index, [source, kinds]] of expected.entries()) {
    const wanted = (typeof kinds === 'string' ? [kinds] : kinds).filter((kind) => kind !== 'nothing');
    const { outputs = [] } = cells[index] ?? {};
    expect(outputs, source).toHaveLength(wanted.length);
    for (const [place, kind] of wanted.entries()) expectKind(outputs[place], kind, source);
  }
  return cells;
}

function expectKind(output: Output | undefined, kind: Kind, source: string): void {
  if (kind === 'text' || kind === 'notice') {
    expect(output, source).toMatchObject({ output_type: 'stream', name: kind === 'text' ? 'stdout' : 'stderr' });
    return;
  }
  const data = (output?.['data'] ?? {}) as Record<string, unknown>;
  if (kind === 'words') {
    expect(Object.keys(data), source).toEqual(['text/plain']);
    return;
  }
  if (!kind.startsWith('plot: ')) {
    expect(Object.keys(data).toSorted(), source).toEqual(['text/html', 'text/plain']);
    expect(toText(data['text/html'] as string), source).toContain(`class="orchlab-${kind === 'experiment' ? 'card' : kind}"`);
    return;
  }
  expect(Object.keys(data).toSorted(), source).toEqual(plotTypes);
  const spec = data['application/vnd.vegalite.v5+json'] as { readonly title: string | { readonly text: string | readonly string[] } };
  // A long title is a list of lines.
  expect([typeof spec.title === 'string' ? spec.title : spec.title.text].flat().join(' '), source).toContain(kind.slice('plot: '.length));
}

function textOf(output: Output): string {
  const data = output['data'] as Record<string, string | string[]> | undefined;
  return toText(data?.['text/plain'] ?? (output['text'] as string | string[] | undefined) ?? '');
}

/** The number in a table that a cell shows as text, by the first words of its row and its column; NaN for a dash. */
export function figureIn(text: string | undefined, row: string, column: string): number {
  const [head = [], ...rows] = (text ?? '').split('\n').map((line) => line.trim().split(/ {2,}/));
  const index = head.findIndex((name) => name.split(' ')[0] === column);
  const cell = rows.find(([first]) => first === row)?.[index];
  if (cell === undefined) throw new Error(`expected a row "${row}" with a column "${column}" in\n${text}`);
  return cell === '–' ? Number.NaN : Number(cell.replaceAll(',', ''));
}

/** Nothing in a notebook that is shared says whose machine it was made on, or holds a password. */
export function expectNothingPrivate(text: string): void {
  expect(text).not.toMatch(/\/(home|root|work|tmp|Users)\//);
  expect(text).not.toMatch(/postgres(ql)?:\/\//);
}
