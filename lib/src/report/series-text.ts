import type { Series } from '../results/series.ts';
import { seriesSentence, seriesStepsText } from './series-steps.ts';
import { textComparison } from './text-comparison.ts';

/** A series as text: how far it is, and what came of it. */
export function textSeries(series: Series): string {
  const result = seriesResult(series);
  return `${[`${seriesSentence(series)}.`, result].join('\n\n').trimEnd()}\n`;
}

function seriesResult(series: Series): string {
  const names = new Set(series.steps.flatMap(({ settings }) => Object.keys(settings)));
  if (series.record.kind === 'sweep' && names.size === 1 && names.has('target') && series.experiments.length > 0)
    return textComparison(series.experiments);
  return seriesStepsText(series);
}
