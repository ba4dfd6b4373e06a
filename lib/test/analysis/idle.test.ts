import { describe, expect, it } from 'vitest';
import { figureOf } from '../../src/analysis/figures.ts';
import { idleOf } from '../../src/analysis/idle.ts';
import { resourceFigures } from '../../src/analysis/resources.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { plotIdle } from '../../src/plots/plot-idle.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { idleExperiment } from '../support/idle-experiment.ts';

const experiment = idleExperiment();

describe('an idle phase', () => {
  it('has the figures of its part after the first 10 s', () => {
    const values = {
      'idle.transactionsPerSecond': 5,
      'idle.queriesPerSecond': 8,
      'idle.walBytesPerSecond': 2000,
      'scheduler.idleCpuRatio': 0.02,
      'scheduler.idleWakeUpsPerSecond': 40,
      'postgres.idleCpuRatio': 0.02,
      'postgres.idleWakeUpsPerSecond': 40,
      'workers.idleCpuRatio': 0,
    };
    for (const [name, value] of Object.entries(values))
      expect([name, figureOf(experiment, name)]).toEqual([name, expect.closeTo(value, 9)]);
    // No worker lived: none was read.
    expect(figureOf(experiment, 'workers.idleWakeUpsPerSecond')).toBeNaN();
    expect(idleOf(experiment).array('role')).toEqual(['scheduler', 'workers', 'postgres']);
  });

  it('is in no figure of the load', () => {
    // From the end of the phase on: two schedulers with 1 % each for the 1.2 s that are left.
    expect(resourceFigures(experiment, 'scheduler').cpuSeconds).toBeCloseTo(0.02, 9);
  });

  it('is told in the summary and the report', () => {
    const text = textSummary(summarize(experiment));
    expect(text).toContain('Idle transactions: 5.00/sec');
    expect(text).toContain('Idle queries: 8.00/sec');
    expect(text).toContain('Idle WAL: 2.00 KB/sec');
    expect(text).toContain('Idle Scheduler: 2.0% CPU, 40.00/sec wake-ups');
    expect(htmlReport(experiment)).toContain('id="idle"');
    const picture = plotToSvg(plotIdle(experiment));
    for (const title of ['transactions/s', 'WAL (KB/s)', 'CPU (% of a core)', 'wake-ups/s']) expect(picture).toContain(title);
  });

  it('is absent where none was asked for', () => {
    const without = buildExperiment();
    expect(figureOf(without, 'idle.transactionsPerSecond')).toBeNaN();
    expect(idleOf(without).numRows()).toBe(0);
    expect(textSummary(summarize(without))).not.toContain('Idle');
    expect(htmlReport(without)).not.toContain('id="idle"');
  });
});
