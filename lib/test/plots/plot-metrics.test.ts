import { expect, test } from 'vitest';
import { metricsOf } from '../../src/analysis/engine-metrics.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { plotMetrics } from '../../src/plots/plot-metrics.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';

const base = buildExperiment({ runs: 10 });

/** An experiment whose scheduler wrote these lines, a second apart. */
function telling(...lines: readonly Readonly<Record<string, number>>[]): Experiment {
  const rows = lines.flatMap((line, index) =>
    Object.entries(line).map(([metric, value]) => ({ atMs: Date.UTC(2026, 10, 23, 10, 0, 2 + index), instance: 0, metric, value })),
  );
  return replaceTables(base, { metrics: rows });
}

/** As ork tells it. */
const ork = telling(
  { process_pending_runs_ms: 0, process_pending_tasks_ms: 17, process_status_updates_ms: 0, sleep_ms: 1003, total_loop_ms: 1032 },
  { process_pending_runs_ms: 107, process_pending_tasks_ms: 275, process_status_updates_ms: 241, sleep_ms: 0, total_loop_ms: 630 },
  { process_pending_runs_ms: 0, process_pending_tasks_ms: 0, process_status_updates_ms: 38, sleep_ms: 0, total_loop_ms: 40 },
);

test("ork's loops are in the summary: how many, seconds and shares of their parts", () => {
  const summary = summarize(ork);
  expect(summary.metrics.loop).toMatchObject({ total: 'total_loop_ms', name: 'loop', count: 3, totalSeconds: 1.702, maxSeconds: 1.032 });
  expect(summary.metrics.loop?.parts.map(({ name, seconds }) => [name, Number(seconds.toFixed(3))])).toEqual([
    ['process pending runs', 0.107],
    ['process pending tasks', 0.292],
    ['process status updates', 0.279],
    ['sleep', 1.003],
    ['the rest', 0.021],
  ]);
  expect(summary.metrics.loop?.parts.reduce((sum, { ratio }) => sum + ratio, 0)).toBeCloseTo(1, 12);
  expect(textSummary(summary)).toContain(`Scheduler loops (by its own account):
  3 loops, 1.702s in all (avg 0.567s, max 1.032s)
  process pending runs: 0.107s (6.3%)
  process pending tasks: 0.292s (17.2%)
  process status updates: 0.279s (16.4%)
  sleep: 1.003s (58.9%)
  the rest: 0.021s (1.2%)
`);
  expect(metricsOf(ork).object(4)).toEqual({ metric: 'total_loop_ms', count: 3, mean: 1702 / 3, sum: 1702, max: 1032 });
});

test('and in a plot, and the report', () => {
  const plot = plotMetrics(ork);
  expect(plot.title).toMatchObject({ text: 'Scheduler loop: 58.9 % of 1.7 s is sleep' });
  const svg = plotToSvg(plot);
  for (const text of ['process pending runs', '1 s (58.9 %)', 'seconds of all loops together']) expect(svg).toContain(text);
  expect(svg).not.toMatch(/NaN|undefined/);
  expect(htmlReport(ork)).toContain('<section id="metrics">');
  expect(htmlReport(base)).not.toContain('<section id="metrics">');
});

test('metrics that are no parts of a loop are figures each, and panels over time', () => {
  const other = telling({ queue_depth: 3, batch: 10 }, { queue_depth: 5, batch: 20 });
  expect(summarize(other).metrics.loop).toBeNull();
  expect(textSummary(summarize(other))).toContain('  queue_depth: 2 values, avg 4, max 5, sum 8\n');
  const svg = plotToSvg(plotMetrics(other));
  expect(svg).toContain('queue_depth');
  expect(svg).not.toMatch(/NaN|undefined/);
  // More than the whole: they overlap.
  expect(summarize(telling({ a_ms: 80, b_ms: 80, total_x_ms: 100 })).metrics.loop).toBeNull();
  expect(plotToSvg(plotMetrics(base))).toContain('nothing was recorded');
});
