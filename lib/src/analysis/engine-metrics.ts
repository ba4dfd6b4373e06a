import { table } from 'arquero';
import type { FigureTable } from './figure-tables.ts';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn } from './columns.ts';

/** One number that the schedulers tell of themselves time and again, over the whole experiment and all schedulers. */
export interface MetricFigures {
  /** As the engine calls it, its unit with it. */
  readonly metric: string;
  readonly count: number;
  readonly mean: number;
  readonly sum: number;
  readonly max: number;
}

/** What the time of a loop went to. */
export interface LoopBreakdown {
  /** The metric that is the whole, for instance `total_loop_ms`, and in words: `loop`. */
  readonly total: string;
  readonly name: string;
  readonly count: number;
  readonly totalSeconds: number;
  readonly meanSeconds: number;
  readonly maxSeconds: number;
  /** In the engine's own order; the last is what its parts leave of the whole. */
  readonly parts: readonly { readonly name: string; readonly seconds: number; readonly ratio: number }[];
}

export interface EngineMetrics {
  readonly figures: readonly MetricFigures[];
  /** Null where there is not one metric `total_..._ms` with others `..._ms` that are its parts. */
  readonly loop: LoopBreakdown | null;
}

/** Parts that are more than the whole by this overlap: they are no parts of it. */
const overlapRatio = 1.02;

/** What the schedulers told of themselves, in figures; none for a target that tells nothing. */
export function engineMetrics(experiment: Pick<Experiment, 'metrics'>): EngineMetrics {
  const found = new Map<string, { count: number; sum: number; max: number }>();
  const values = numberColumn(experiment.metrics, 'value');
  for (const [row, metric] of textColumn(experiment.metrics, 'metric').entries()) {
    const value = values[row] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const { count, sum, max } = found.get(metric) ?? { count: 0, sum: 0, max: Number.NEGATIVE_INFINITY };
    found.set(metric, { count: count + 1, sum: sum + value, max: Math.max(max, value) });
  }
  const figures = Array.from(found, ([metric, { count, sum, max }]) => ({ metric, count, mean: sum / count, sum, max }));
  return { figures, loop: loopBreakdown(figures) };
}

/** `engineMetrics` as a table: metric, count, mean, sum, max, in the engine's own units. */
export function metricsOf(experiment: Pick<Experiment, 'metrics'>): FigureTable<'metricsOf'> {
  const { figures } = engineMetrics(experiment);
  const column = (name: 'count' | 'mean' | 'sum' | 'max'): number[] => figures.map((figure) => figure[name]);
  return table({
    metric: figures.map(({ metric }) => metric),
    count: column('count'),
    mean: column('mean'),
    sum: column('sum'),
    max: column('max'),
  }) as FigureTable<'metricsOf'>;
}

function loopBreakdown(figures: readonly MetricFigures[]): LoopBreakdown | null {
  const times = figures.filter(({ metric }) => metric.endsWith('_ms'));
  const [total, another] = times.filter(({ metric }) => /^total_.+_ms$/.test(metric));
  const parts = times.filter((figure) => figure !== total);
  const partsMs = parts.reduce((sum, part) => sum + part.sum, 0);
  if (!total || another || parts.length === 0 || !(total.sum > 0) || partsMs > overlapRatio * total.sum) return null;
  const rest = { name: 'the rest', sum: Math.max(0, total.sum - partsMs) };
  const named = [...parts.map(({ metric, sum }) => ({ name: wordsOf(metric), sum })), rest];
  return {
    total: total.metric,
    name: wordsOf(total.metric).replace(/^total /, ''),
    count: total.count,
    totalSeconds: total.sum / 1000,
    meanSeconds: total.mean / 1000,
    maxSeconds: total.max / 1000,
    parts: named.map(({ name, sum }) => ({ name, seconds: sum / 1000, ratio: sum / total.sum })),
  };
}

function wordsOf(metric: string): string {
  return metric.replace(/_ms$/, '').replaceAll('_', ' ');
}
