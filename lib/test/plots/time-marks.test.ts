import { describe, expect, it } from 'vitest';
import type { Plot } from '../../src/plots/plot.ts';
import { plotHost } from '../../src/plots/plot-host.ts';
import { plotLatencyOverTime } from '../../src/plots/plot-latency-over-time.ts';
import { plotMetrics } from '../../src/plots/plot-metrics.ts';
import { plotPostgres } from '../../src/plots/plot-postgres.ts';
import { plotResources } from '../../src/plots/plot-resources.ts';
import { plotScheduleLag } from '../../src/plots/plot-schedule-lag.ts';
import { plotTaskStates } from '../../src/plots/plot-task-states.ts';
import { plotThroughput } from '../../src/plots/plot-throughput.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import { replaceTables } from '../support/build-experiment.ts';
import { zeroMs } from '../support/handmade-experiment.ts';
import { regimeExperiment } from '../support/regime-experiment.ts';

const at = (seconds: number): number => zeroMs + 1000 * seconds;
const experiment = replaceTables(
  regimeExperiment({
    seed: 1,
    arrival: 'open',
    parts: [
      { seconds: 30, tasksPerSecond: 10, waiting: 5 },
      { seconds: 30, tasksPerSecond: 100 },
    ],
  }),
  {
    events: [
      { kind: 'autoanalyze', subject: 'jobs', beganMs: at(29), endedMs: at(29.6), detail: 'the planner knew of nothing before' },
      { kind: 'checkpoint', subject: '', beganMs: at(40), endedMs: at(45), detail: 'timed' },
      { kind: 'checkpoint', subject: '', beganMs: at(50), endedMs: at(70), detail: 'timed' },
    ],
    metrics: [0, 20, 40, 59].map((seconds) => ({ atMs: at(seconds), instance: 0, metric: 'queue', value: seconds })),
  },
);

const plots: Readonly<Record<string, (experiment: Experiment) => Plot>> = {
  plotThroughput,
  plotLatencyOverTime: (each) => plotLatencyOverTime(each),
  plotScheduleLag,
  plotResources,
  plotTaskStates,
  plotPostgres,
  plotHost,
  plotMetrics,
};

/** Every mark of a field, wherever it is in a spec. */
function valuesOf(spec: unknown, field: string): readonly Readonly<Record<string, unknown>>[] {
  if (typeof spec !== 'object' || spec === null) return [];
  const { data } = spec as { data?: { values?: readonly Readonly<Record<string, unknown>>[] } };
  const own = Array.isArray(data?.values) ? data.values.filter((row) => field in row) : [];
  return [...own, ...Object.values(spec).flatMap((part) => valuesOf(part, field))];
}

describe.each(Object.entries(plots))('%s', (name, draw) => {
  it('marks where a regime begins, in each panel, and what happened meanwhile, in the first', () => {
    const plot = draw(experiment);
    const panels = (plot as { vconcat?: readonly unknown[] }).vconcat ?? [plot];
    for (const panel of panels) {
      expect(valuesOf(panel, 'regimeFrom')).toEqual([
        {
          regimeFrom: 30,
          changed: expect.stringContaining('throughput from') as string,
          happened: expect.stringContaining('the load went from') as string,
        },
      ]);
    }
    // The second checkpoint ended after the experiment.
    expect(valuesOf(plot, 'eventAt').map(({ eventAt, event, tookSeconds }) => [eventAt, event, tookSeconds])).toEqual([
      [45, 'checkpoint', 5],
      [29.6, 'autoanalyze of jobs', 0.6],
    ]);
    const { subtitle } = plot.title as { subtitle: readonly string[] };
    expect(subtitle).toContain('Dotted: where a regime begins (30 s).');
    expect(subtitle).toContain('At the upper edge: vacuum and analyze (triangles), checkpoints (squares).');
    expect(plotToSvg(plot), name).toContain('<svg');
  });
});

it('text and report tell the regimes, who limited each, and what happened', () => {
  const text = textSummary(summarize(experiment));
  expect(text).toMatch(/\n {2}Regimes: [\d.]+ tasks\/s until 30 s, then [\d.]+: the load went from [\d.]+ to [\d.]+ tasks\/s, /);
  expect(text).toMatch(/\n {4}1 s to 30 s: Nothing limited it: .*\n {4}30 s to \d\d s: /);
  const html = htmlReport(experiment);
  expect(html).toContain('<section id="regimes"><h2>Regimes</h2>');
  expect(html).toContain('autoanalyze of jobs at 30 s (the planner knew of nothing before)');
  // Nothing is said of an experiment that went the same way throughout.
  const steady = regimeExperiment({ seed: 1, parts: [{ seconds: 40, tasksPerSecond: 20 }] });
  expect(textSummary(summarize(steady))).not.toContain('Regimes');
  expect(htmlReport(steady)).not.toContain('id="regimes"');
});
