import { describe, expect, test } from 'vitest';
import { summarize } from '../../src/analysis/summarize.ts';
import { plotLatencyByWorkflow } from '../../src/plots/plot-latency-by-workflow.ts';
import type { Plot } from '../../src/plots/plot.ts';
import { plotRunningByWorkflow } from '../../src/plots/plot-running-by-workflow.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { type MixedTask, mixedExperiment } from '../support/mixed-experiment.ts';

const title = (plot: Plot): unknown => (plot.title as { text: unknown }).text;

/** Every 10 ms a quick task, and every 100 ms three slow ones at once, one more than may run. */
const tasks = Array.from({ length: 300 }, (_, index): readonly MixedTask[] => {
  const at = index * 10;
  const quick = { workflow: 'quick', created: at, taken: at, finished: at + 5 };
  const slow = { workflow: 'slow', created: at, taken: at, finished: at + 50 };
  return index % 10 === 0 ? [quick, slow, slow, slow] : [quick];
}).flat();
const mixed = mixedExperiment(
  [
    { name: 'quick', runs: 300, priority: 2 },
    { name: 'slow', runs: 90, limits: { concurrency: 2 } },
  ],
  tasks,
);

describe('pictures of several workflows', () => {
  test('latency: a line each, with the p99 of those that have one', () => {
    const plot = plotLatencyByWorkflow(mixed, { phase: 'latency' });
    const svg = plotToSvg(plot);
    for (const words of ['quick', 'slow', 'share of tasks (%, tail stretched)', '5 ms', '50 ms']) expect(svg).toContain(words);
    // Runs were due at zero: 2.995 s for the last of them.
    expect(title(plotLatencyByWorkflow(mixed))).toMatch(/^Response time by workflow, p99: quick 2\.9\d s$/);
  });

  test('running at once: the most in each window, and the limit', () => {
    const plot = plotRunningByWorkflow(mixed);
    // Three run for 50 ms of each 100 ms, for 3 s.
    expect(title(plot)).toBe('Tasks running at once, by workflow: slow over its limit of 2 for 1.5 s');
    const [lines, rule] = (plot as unknown as { layer: { data: { values: { workflow: string; count: number }[] } }[] }).layer;
    const most = (name: string): number =>
      Math.max(...(lines?.data.values ?? []).filter(({ workflow }) => workflow === name).map(({ count }) => count));
    expect([most('quick'), most('slow')]).toEqual([1, 3]);
    expect(rule?.data.values).toEqual([{ workflow: 'slow', limit: 2 }]);
    expect(plotToSvg(plot)).toContain('tasks running at once, at most in each window');
  });

  test('stand in the report, and their figures in the summary, where a config lists several', () => {
    const words = textSummary(summarize(mixed));
    expect(words).toMatch(/quick +2 +1 +300 +300/);
    expect(words).toContain('slow, at most 2 running: more for 1.5 s, 3 at most');
    expect(words).toContain('Taken while one of a higher priority waited: 0 (0 %)');
    expect(htmlReport(mixed)).toContain('running-by-workflow');
    expect(textSummary(summarize(buildExperiment()))).not.toContain('Workflows:');
    expect(htmlReport(buildExperiment())).not.toContain('running-by-workflow');
  });
});
