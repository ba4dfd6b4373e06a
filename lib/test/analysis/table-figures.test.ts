import { op, table } from 'arquero';
import { describe, expect, it } from 'vitest';
import { latencyOf } from '../../src/analysis/latency.ts';
import { distributionOf, ecdfOf } from '../../src/analysis/table-figures.ts';
import { taskPhases } from '../../src/analysis/task-phases.ts';
import { buildExperiment } from '../support/build-experiment.ts';

const experiment = buildExperiment({ failures: 3, cancelled: 2 });

describe('distribution', () => {
  it('is that of latencyOf() for its column, with the unit of the column', () => {
    const [row] = distributionOf(taskPhases(experiment), 'waitSeconds').objects() as Record<string, number>[];
    const { phase: _, ...expected } = latencyOf(experiment).object(1) as Record<string, number>;
    expect(row).toEqual(expected);
  });

  it('has a row a group of a table that was grouped and filtered', () => {
    const numbers = table({
      engine: ['b', 'a', 'b', 'a', 'b', 'b'],
      runs: [1, 1, 2, 2, 2, 2],
      size: [4, 1, 2, 100, 3, 5],
    });
    const grouped = distributionOf(numbers.filter((row: { size: number }) => row.size < 50).groupby('engine'), 'size');
    expect(grouped.columnNames()).toEqual(['engine', 'count', 'avg', 'min', 'p50', 'p90', 'p99', 'p999', 'max']);
    expect(grouped.objects()).toMatchObject([
      { engine: 'b', count: 4, avg: 3.5, min: 2, p50: 3.5, max: 5 },
      { engine: 'a', count: 1, avg: 1, min: 1, p50: Number.NaN, max: 1 },
    ]);
    expect(distributionOf(numbers.groupby('engine', 'runs'), 'size').objects()).toMatchObject([
      { engine: 'b', runs: 1, count: 1, max: 4 },
      { engine: 'a', runs: 1, count: 1, max: 1 },
      { engine: 'b', runs: 2, count: 3, max: 5 },
      { engine: 'a', runs: 2, count: 1, max: 100 },
    ]);
  });

  it('takes any table of an experiment, also a column that was derived', () => {
    const own = experiment.tasks
      .filter((task: { status: string }) => op.equal(task.status, 'finished'))
      .derive({ lastedMs: (task: { finishedMs: number; createdMs: number }) => task.finishedMs - task.createdMs })
      .groupby('status');
    const [row] = distributionOf(own, 'lastedMs').objects() as Record<string, number | string>[];
    const latencies = latencyOf(experiment).object(4) as Record<string, number>;
    expect(row).toMatchObject({ status: 'finished', count: 495 });
    expect(Number(row?.['p99Ms']) / 1000).toBeCloseTo(latencies['p99Seconds'] ?? 0, 9);
  });

  it('says what it expected', () => {
    expect(() => distributionOf(experiment.tasks, 'status')).toThrow('expected a column of numbers, got status with "f');
    expect(() => distributionOf(experiment.tasks, 'latency')).toThrow(/expected a column "latency", got a table with runIndex, taskIndex/);
  });
});

describe('ecdf', () => {
  it('has at each value of a group the share that is at most it', () => {
    const numbers = table({ engine: ['b', 'a', 'b', 'b', 'b'], waitSeconds: [2, 7, 1, Number.NaN, 2] });
    expect(ecdfOf(numbers.groupby('engine'), 'waitSeconds').objects()).toEqual([
      { engine: 'b', waitSeconds: 1, shareRatio: 1 / 3 },
      { engine: 'b', waitSeconds: 2, shareRatio: 1 },
      { engine: 'a', waitSeconds: 7, shareRatio: 1 },
    ]);
    expect(ecdfOf(numbers, 'waitSeconds').objects()).toEqual([
      { waitSeconds: 1, shareRatio: 0.25 },
      { waitSeconds: 2, shareRatio: 0.75 },
      { waitSeconds: 7, shareRatio: 1 },
    ]);
    expect(ecdfOf(taskPhases(experiment), 'latencySeconds', { maxPoints: 50 }).numRows()).toBeLessThanOrEqual(50);
  });
});
