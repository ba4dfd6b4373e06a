import { formatFigure } from '../analysis/figure-units.ts';
import { findFigure } from '../analysis/figures.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { SeriesProgress } from '../results/progress.ts';
import type { SeriesStep } from '../results/series.ts';

/** What is told of every experiment of a series, whatever it is about. */
const told = ['throughput.tasksPerSecond', 'response.p50', 'response.p99'];

/** `4 of 12: target=pg-boss, round 1: throughput 87.3 tasks/s, response time p50 1.2 s, ...`, or why it did not end as done. */
export function stepLine({ label, round, status, reason, experiment }: SeriesStep, { number, total }: SeriesProgress): string {
  const result =
    status === 'done' && experiment ? figureWords(summaryOf(experiment).figures) : `${status}${reason === undefined ? '' : `: ${reason}`}`;
  return `${number}${Number.isFinite(total) ? ` of ${total}` : ''}: ${label}, round ${round}: ${result}`;
}

function figureWords(values: Readonly<Record<string, number | null>>): string {
  return told
    .map((name) => {
      const { title, unit } = findFigure(name);
      return `${title} ${formatFigure(values[name] ?? Number.NaN, unit)}`;
    })
    .join(', ');
}
