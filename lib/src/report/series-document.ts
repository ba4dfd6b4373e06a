import { from } from 'arquero';
import type { SeriesKind } from '../results/series-record.ts';
import type { Series } from '../results/series.ts';
import { type Block, type Section, sentence, table } from './document.ts';
import { renderText } from './document-text.ts';
import { capacitySections } from './sections/capacity.ts';
import { costSections } from './sections/cost.ts';
import { neighbourSections } from './sections/neighbour.ts';
import { shrinkSections } from './sections/shrink.ts';
import { benchSections } from './sections/bench.ts';
import { sweepSections } from './sections/sweep.ts';

/** A series as text: how far it is, and what came of it. */
export function textSeries(series: Series): string {
  return `${renderText([{ blocks: [sentence(`${seriesState(series)}.`)] }, ...seriesSections(series)])}\n`;
}

/** What came of a series, by its kind. */
const sectionsOf: Readonly<Partial<Record<SeriesKind, (series: Series) => readonly Section[]>>> = {
  sweep: sweepSections,
  bench: benchSections,
  capacity: capacitySections,
  shrink: shrinkSections,
  cost: costSections,
  neighbour: neighbourSections,
};

/** What came of a series, whatever its kind; its experiments where there is no more to say. */
export function seriesSections(series: Series): readonly Section[] {
  const sections = sectionsOf[series.record.kind]?.(series) ?? [];
  const unended = series.steps
    .filter(({ status }) => status !== 'done')
    .map(({ label, round, status, reason }) => `${label}, round ${round}: ${status}${reason === undefined ? '' : ` (${reason})`}`);
  return [
    ...(sections.length > 0 ? sections : [{ blocks: stepsBlocks(series) }]),
    { title: 'Not done', blocks: unended.length === 0 ? [] : [{ kind: 'list', items: unended }] },
  ];
}

/** How far a series is: `sweep 2026-...: 11 of 12 experiments done, 1 failed`. */
export function seriesState({ record, name, steps }: Series): string {
  const count = (status: string): number => steps.filter((step) => step.status === status).length;
  const others = (['failed', 'timed-out', 'aborted', 'interrupted', 'running'] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `, ${count(status)} ${status}`);
  const total = record.total === null ? '' : ` of ${record.total}`;
  const state = record.status === 'done' ? '' : ` (${record.reason ?? record.status})`;
  return `${record.kind} ${name}: ${count('done')}${total} experiments done${others.join('')}${state}`;
}

/** The experiments one below the other, in the order in which they were run. */
function stepsBlocks({ steps }: Series): readonly Block[] {
  if (steps.length === 0) return [sentence('No experiment was begun.')];
  const rows = steps.map(({ label, round, status, experiment }) => ({ experiment: experiment?.name ?? '–', label, round, status }));
  return [table(from(rows), Number.POSITIVE_INFINITY)];
}
