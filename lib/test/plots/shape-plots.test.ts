import { describe, expect, test } from 'vitest';
import { plotGantt } from '../../src/plots/plot-gantt.ts';
import type { Plot } from '../../src/plots/plot.ts';
import { plotWidthOverTime } from '../../src/plots/plot-width-over-time.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { shapedExperiment } from '../support/shaped-experiment.ts';

const shaped = shapedExperiment({ workMsOf: (_, task) => (task === 2 ? 200 : 100) });
const title = (plot: Plot): unknown => (plot.title as { text: unknown }).text;

describe('pictures of runs whose tasks come after one another', () => {
  test('one run: a bar a task, the critical path, and what of it was spent ready', () => {
    const plot = plotGantt(shaped);
    expect(title(plot)).toBe('Run 14 took 460 ms: 60 ms of it ready, with nothing begun');
    const svg = plotToSvg(plot);
    for (const words of ['ready, not begun', 'on the critical path', 'others', 'seconds since the run was due', 'fan out to 3 and in'])
      expect(svg).toContain(words);
  });

  test('of a run of many tasks the critical path is drawn in full', () => {
    const wide = shapedExperiment({ runs: 1, tasksPerRun: 500, shape: 'chain' });
    expect(JSON.stringify(plotGantt(wide)).length).toBeGreaterThan(500 * 50);
    const fan = shapedExperiment({ runs: 1, tasksPerRun: 1002, shape: { fan_out_in: 1000 } });
    const plot = plotGantt(fan);
    expect(JSON.stringify(plot.title)).toContain('Drawn are 105 of them');
    expect(JSON.stringify(plot).length).toBeLessThan(50_000);
  });

  test('many runs: a band, the median, and what was asked for', () => {
    const plot = plotWidthOverTime(shaped);
    expect(title(plot)).toBe('Tasks of a run at once: half of the runs took at most 115 % of their critical path');
    const svg = plotToSvg(plot);
    for (const words of ['mean of the runs, and eight of ten', 'asked for', 'tasks of a run in execution']) expect(svg).toContain(words);
    expect(title(plotWidthOverTime([shaped, shapedExperiment({ target: 'pg-boss', gapMs: 120 })]))).toMatch(
      /115\s%\s\(dbos\), 220\s%\s\(pg-boss\)/,
    );
  });

  test('say so where there is nothing of the kind', () => {
    for (const plot of [plotGantt(buildExperiment()), plotWidthOverTime(buildExperiment())])
      expect(plotToSvg(plot)).toContain('nothing was recorded');
  });

  test('stand in the report, and their figures in the summary, where there is a shape', () => {
    const words = textSummary(summarize(shaped));
    expect(words).toContain('Makespan (due to last finished): avg 0.460s, p50 0.460s, p90 0.460s, max 0.460s');
    expect(words).toContain('asked for: 3');
    expect(words).not.toContain('Begun before a parent had ended');
    expect(textSummary(summarize(buildExperiment()))).not.toContain('akespan');
    expect(htmlReport(shaped)).toContain('id="shape"');
    expect(htmlReport(buildExperiment())).not.toContain('id="shape"');
  });
});
