import { metricsOf } from '../../analysis/engine-metrics.ts';
import { threeDigits } from '../../analysis/format-figure.ts';
import type { Summary } from '../../analysis/summary.ts';
import { plotMetrics } from '../../plots/plot-metrics.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Section, facts, sentence, table } from '../document.ts';
import { fixed } from '../fixed-format.ts';

/** What the schedulers told of themselves: their main loop in its parts where they have one, else each metric in a line. */
export function engineMetricsSection({ metrics: { figures, loop } }: Summary): Section {
  if (loop) {
    const { name, count, totalSeconds, meanSeconds, maxSeconds, parts } = loop;
    const seconds = (value: number | null): string => fixed(value, 'seconds');
    return {
      title: `Scheduler ${name}s (by its own account)`,
      blocks: [
        sentence(`${count} ${name}s, ${seconds(totalSeconds)} in all (avg ${seconds(meanSeconds)}, max ${seconds(maxSeconds)})`),
        facts(parts.map((part) => [part.name, `${seconds(part.seconds)} (${fixed(part.ratio, 'ratio')})`])),
      ],
    };
  }
  const lines = figures.map(({ metric, count, mean, sum, max }) => {
    const words = `${count} values, avg ${threeDigits(mean)}, max ${threeDigits(max)}, sum ${threeDigits(sum)}`;
    return [metric, words] as const;
  });
  return {
    title: 'Scheduler Metrics (by its own account)',
    blocks: lines.length === 0 ? [] : [facts(lines)],
  };
}

export function engineMetricPlots(experiment: Experiment): Section {
  const metrics = metricsOf(experiment);
  return {
    id: 'metrics',
    title: 'Scheduler metrics',
    blocks: metrics.numRows() === 0 ? [] : [table(metrics), { kind: 'plot', name: 'metrics', plot: plotMetrics(experiment) }],
  };
}
