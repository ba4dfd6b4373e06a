import type { ColumnTable } from 'arquero';
import type { Plot } from '../plots/plot.ts';
import type { Headings } from './column-format.ts';

/** A part of a sentence: in text as it stands, in HTML set apart. */
export type Span = string | { readonly strong: string } | { readonly code: string } | { readonly link: string; readonly href: string };

export type Tone = 'muted' | 'good' | 'bad';

/** What something is called, and what it is. */
export type Fact = readonly [label: string, value: string];

/** A number that one looks at first, as people say it, and what else there is to know of it in a few words. */
export interface ShownFigure {
  readonly title: string;
  readonly value: string;
  readonly detail?: string;
}

/** What was required, and how that ended: its value and why, in words. */
export interface ShownOutcome {
  readonly outcome: 'passed' | 'failed' | 'inconclusive';
  readonly required: string;
  readonly words: string;
  /** Which of several experiments it is of. */
  readonly experiment?: string;
}

/** A piece of what is shown of an experiment, without a look: `renderText` and `renderHtml` have that. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'sentence'; readonly text: string | readonly Span[]; readonly tone?: Tone }
  /** What makes figures less certain, or why they are not what was asked for. */
  | { readonly kind: 'note'; readonly label: 'note' | 'warning' | 'reason'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | { readonly kind: 'figures'; readonly figures: readonly ShownFigure[] }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly ShownOutcome[] }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** `limit`: rows shown at most. Default: those that the renderer shows. `headings`: default words. */
  | { readonly kind: 'table'; readonly table: ColumnTable; readonly limit?: number; readonly headings?: Headings }
  /** Shown on the page only; `name` is its own there. */
  | { readonly kind: 'plot'; readonly name: string; readonly plot: Plot }
  | { readonly kind: 'preformatted'; readonly text: string }
  /** Blocks that belong to the one before them. */
  | { readonly kind: 'indented'; readonly blocks: readonly Block[] };

/** Blocks under a title. One without a title stands for itself, one without blocks is not shown. */
export interface Section {
  /** Names its place on the page. Default: the title, in small letters with dashes. */
  readonly id?: string;
  readonly title?: string;
  readonly blocks: readonly Block[];
}

export function sentence(text: string | readonly Span[], tone?: Tone): Block {
  return { kind: 'sentence', text, ...(tone && { tone }) };
}

/** Names and values, in that order; what is undefined or empty is left out. */
export function facts(
  values: Readonly<Record<string, string | undefined>> | readonly (readonly [label: string, value: string | undefined])[],
): Block {
  const all: readonly (readonly [string, string | undefined])[] = isList(values) ? values : Object.entries(values);
  return { kind: 'facts', facts: all.filter((fact): fact is Fact => fact[1] !== undefined && fact[1] !== '') };
}

const isList: (value: unknown) => value is readonly unknown[] = Array.isArray;

export function table(shown: ColumnTable, limit?: number): Block {
  return { kind: 'table', table: shown, ...(limit !== undefined && { limit }) };
}
