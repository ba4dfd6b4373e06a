import { from } from 'arquero';
import type { Series } from '../results/series.ts';
import { textTable } from './text-table.ts';

/** How far a series is, in a sentence without its full stop: `sweep of standard: 11 of 12 experiments done, 1 failed`. */
export function seriesSentence({ record, name, steps }: Series): string {
  const count = (status: string): number => steps.filter((step) => step.status === status).length;
  const others = (['failed', 'timed-out', 'interrupted', 'running'] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `, ${count(status)} ${status}`);
  const total = record.total === null ? '' : ` of ${record.total}`;
  const state = record.status === 'done' ? '' : ` (${record.reason ?? record.status})`;
  return `${record.kind} ${name}: ${count('done')}${total} experiments done${others.join('')}${state}`;
}

/** The experiments of a series one below the other, in the order in which they were run. */
export function seriesStepsText({ steps }: Series): string {
  const rows = steps.map(({ label, round, status, experiment }) => ({ experiment: experiment?.name ?? '–', label, round, status }));
  return rows.length === 0 ? 'No experiment was begun.' : textTable(from(rows), { limit: Number.POSITIVE_INFINITY });
}
