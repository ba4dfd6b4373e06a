import { describe, expect, it } from 'vitest';
import { figureOf } from '../../src/analysis/figures.ts';
import { ganttOf } from '../../src/analysis/gantt.ts';
import { dependencyGapsOf, makespansOf } from '../../src/analysis/run-tables.ts';
import { widthOverTime } from '../../src/analysis/width-over-time.ts';
import { figureOfPart } from '../../src/analysis/part-figures.ts';
import { findFigure } from '../../src/analysis/figures.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { shapedExperiment } from '../support/shaped-experiment.ts';

/** Task 2 of every run works for 200 ms, all others for 100: 0, then 1 to 3 at once, then 4. */
const experiment = shapedExperiment({ runs: 30, gapMs: 20, workMsOf: (_, task) => (task === 2 ? 200 : 100) });

describe('a run of one task, three after it, and one after those', () => {
  it('takes its tasks and its gaps', () => {
    expect(figureOf(experiment, 'makespan.p50')).toBeCloseTo(0.46, 6);
    expect(figureOf(experiment, 'criticalPath.asked')).toBeCloseTo(0.3, 9);
    expect(figureOf(experiment, 'makespanOverAsked.p50')).toBeCloseTo(0.46 / 0.3, 6);
    expect(figureOf(experiment, 'makespanOverMeasured.p50')).toBeCloseTo(0.46 / 0.4, 6);
    expect(figureOf(experiment, 'dependencyGap.p99')).toBeNaN();
    expect(figureOf(experiment, 'dependencyGap.p90')).toBeCloseTo(0.02, 6);
    expect(figureOf(experiment, 'width.peak')).toBe(3);
    expect(figureOf(experiment, 'width.mean')).toBeCloseTo(0.6 / 0.44, 6);
    expect(makespansOf(experiment).numRows()).toBe(30);
    expect(dependencyGapsOf(experiment).numRows()).toBe(120);
  });

  it('has figures of a part, too: of the runs that were due in it', () => {
    const early = figureOfPart(findFigure('makespan.p50'), { toSeconds: 1.5 });
    expect(early.value(experiment)).toBeCloseTo(0.46, 6);
    expect(figureOfPart(findFigure('makespan.p50'), { fromSeconds: 100 }).value(experiment)).toBeNaN();
  });

  it('is so wide by time', () => {
    const rows = widthOverTime(experiment, { points: 47 }).objects() as {
      seconds: number;
      p10: number;
      p50: number;
      p90: number;
      asked: number;
    }[];
    const at = (seconds: number): unknown => {
      const row = rows.find((each) => Math.abs(each.seconds - seconds) < 1e-6);
      return row && [row.p10, row.p50, row.p90, row.asked];
    };
    expect(at(0.01)).toEqual([0, 0, 0, 1]);
    expect(at(0.05)).toEqual([1, 1, 1, 1]);
    expect(at(0.15)).toEqual([3, 3, 3, 3]);
    expect(at(0.25)).toEqual([1, 1, 1, 1]);
    expect(at(0.35)).toEqual([0, 0, 0, 0]);
    expect(at(0.45)).toEqual([1, 1, 1, 0]);
  });

  it('knows the way that made it so long', () => {
    const rows = ganttOf(experiment, { run: 7 }).objects() as {
      runIndex: number;
      taskIndex: number;
      gapSeconds: number;
      critical: boolean;
    }[];
    expect(rows.map(({ taskIndex }) => taskIndex)).toEqual([0, 1, 2, 3, 4]);
    expect(rows.filter(({ critical }) => critical).map(({ taskIndex }) => taskIndex)).toEqual([0, 2, 4]);
    for (const { runIndex, gapSeconds } of rows) {
      expect(runIndex).toBe(7);
      expect(gapSeconds).toBeCloseTo(0.02, 6);
    }
    expect(() => ganttOf(experiment, { run: 30 })).toThrow('ganttOf: expected the index of a run after the warm-up');
  });

  it('is nothing where no task comes after another', () => {
    const parallel = buildExperiment();
    for (const rows of [makespansOf, dependencyGapsOf, widthOverTime, ganttOf]) expect(rows(parallel).numRows()).toBe(0);
    expect(figureOf(shapedExperiment(), 'tasks.early')).toBe(0);
  });
});
