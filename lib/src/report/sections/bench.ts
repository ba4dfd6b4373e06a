import { compareSides } from '../../analysis/bench-comparison.ts';
import { figures } from '../../analysis/figures.ts';
import { percent, threeDigits } from '../../analysis/format-figure.ts';
import { plotComparison } from '../../plots/plot-comparison.ts';
import type { Series } from '../../results/series.ts';
import { type Section, sentence } from '../document.ts';
import { comparisonSections } from './comparison.ts';

/** What came of a bench: why it ended, and its two sides compared. */
export function benchSections(series: Series): readonly Section[] {
  const comparison = compareSides(series);
  const why = endWords(series);
  if (!comparison) return [];
  const [first, judged, ...others] = comparisonSections(comparison);
  return [
    { blocks: [...(first?.blocks ?? []), ...(why === undefined ? [] : [sentence(why)])] },
    { blocks: [...(judged?.blocks ?? []), { kind: 'plot', name: 'comparison', plot: plotComparison(comparison) }] },
    ...others,
  ];
}

interface SavedRatio {
  readonly figure: string;
  readonly ratio: number | null;
  readonly halfWidth: number | null;
}

/** Why it ended, and how exactly the ratio is known that it went by. */
function endWords({ record: { outcome, request } }: Series): string | undefined {
  if (!outcome) return undefined;
  const { stopped, rounds, ratios = [] } = outcome as { stopped?: string; rounds?: number; ratios?: readonly SavedRatio[] };
  const { until } = request as { until?: number };
  const known = ratios.map(({ figure, ratio, halfWidth }) => {
    const title = figures.find(({ name }) => name === figure)?.title ?? figure;
    if (ratio === null) return `the ratio of ${title} is not known`;
    const exact = halfWidth === null ? 'too few rounds to say how exactly' : `to within ${percent(halfWidth)}`;
    return `the ratio of ${title} is ${threeDigits(ratio)}, ${exact}`;
  });
  const wanted = until === undefined ? '' : ` (${percent(until)} was asked for)`;
  return `It ended after ${rounds} rounds, as ${stopped}: ${known.join('; ')}${wanted}.`;
}
