import { describe, expect, it } from 'vitest';
import { figureOf, figuresOf } from '../../src/analysis/figures.ts';
import { shapedRuns } from '../../src/analysis/shaped-runs.ts';
import { parentsOf } from '../../src/config/task-graph.ts';
import { measureOracle, quantileOf } from '../support/measure-oracle.ts';
import type { OracleTask } from '../support/oracle-target.ts';
import { usePrivateServer } from '../support/private-server.ts';

const postgres = usePrivateServer();

/** In turn: 5 to 44 ms, but for one task of every tenth run, which begins 20 ms before its parents have ended. */
const gapMsOf = (runIndex: number, taskIndex: number): number =>
  runIndex % 10 === 9 && taskIndex === 11 ? -20 : 5 + ((runIndex * 7 + taskIndex * 3) % 40);

describe('an oracle whose tasks come after one another', () => {
  it('has every figure of its shape as planted, warm-up left out', async () => {
    const duration = 0.01;
    const { oracle, experiment, runs, status } = await measureOracle(
      postgres.server,
      { seed: 11, gapMsOf },
      {
        workflows: 60,
        tasks_per_workflow: 12,
        shape: { layered: { layers: 4, width: 3, parents: 2, seed: 5 } },
        arrival: { constant: 30 },
        warm_up_seconds: 0.5,
        duration,
      },
    );
    expect(status).toBe('done');
    const [graph] = shapedRuns(experiment)?.graphs ?? [];
    if (!graph) throw new Error('expected a graph');
    const counted = runs.filter(({ warmUp }) => !warmUp);
    expect(counted.length).toBeLessThan(60);
    expect(counted.length).toBeGreaterThan(40);

    const truth = counted.map(({ runIndex, dueMs }) => {
      const tasks = oracle.tasks.filter((task) => task.runIndex === runIndex).toSorted((a, b) => a.taskIndex - b.taskIndex);
      const at = (index: number): OracleTask => {
        const task = tasks[index];
        if (!task) throw new Error(`expected task ${index} of run ${runIndex}`);
        return task;
      };
      const executionMs = (task: OracleTask): number => task.finishedMs - task.startedMs;
      /** By every way that leads to it. */
      const longestTo = (index: number): number =>
        executionMs(at(index)) + Math.max(0, ...Array.from(parentsOf(graph, index), (parent) => longestTo(parent)));
      const lastMs = Math.max(...tasks.map(({ finishedMs }) => finishedMs));
      const firstMs = Math.min(...tasks.map(({ startedMs }) => startedMs));
      return {
        makespan: (lastMs - dueMs) / 1000,
        measured: Math.max(...tasks.map(({ taskIndex }) => longestTo(taskIndex))) / 1000,
        peak: Math.max(
          ...tasks.map((task) => tasks.filter((other) => other.startedMs <= task.startedMs && other.finishedMs > task.startedMs).length),
        ),
        mean: tasks.reduce((sum, task) => sum + executionMs(task), 0) / (lastMs - firstMs),
      };
    });
    const expectFigures = (name: string, values: readonly number[]): void => {
      expect(figureOf(experiment, `${name}.p50`), name).toBeCloseTo(quantileOf(values, 0.5), 5);
      expect(figureOf(experiment, `${name}.p90`), name).toBeCloseTo(quantileOf(values, 0.9), 5);
      expect(figureOf(experiment, `${name}.max`), name).toBeCloseTo(Math.max(...values), 5);
    };
    expectFigures(
      'makespan',
      truth.map(({ makespan }) => makespan),
    );
    expect(figureOf(experiment, 'criticalPath.asked')).toBeCloseTo(4 * duration, 9);
    expectFigures(
      'makespanOverAsked',
      truth.map(({ makespan }) => makespan / (4 * duration)),
    );
    expectFigures(
      'makespanOverMeasured',
      truth.map(({ makespan, measured }) => makespan / measured),
    );
    const gaps = counted.flatMap(({ runIndex }) => Array.from({ length: 9 }, (_, index) => gapMsOf(runIndex, index + 3) / 1000));
    expectFigures('dependencyGap', gaps);
    expect(figureOf(experiment, 'dependencyGap.min')).toBeCloseTo(-0.02, 5);
    expect(figureOf(experiment, 'tasks.early')).toBe(counted.filter(({ runIndex }) => runIndex % 10 === 9).length);
    expect(figureOf(experiment, 'width.asked')).toBe(3);
    expect(figureOf(experiment, 'width.peak')).toBe(Math.max(...truth.map(({ peak }) => peak)));
    expect(figureOf(experiment, 'width.mean')).toBeCloseTo(truth.reduce((sum, { mean }) => sum + mean, 0) / truth.length, 6);
  });

  it('has none of them where no task comes after another', async () => {
    const { experiment } = await measureOracle(postgres.server, { seed: 1 }, { workflows: 2, tasks_per_workflow: 2 });
    const names = figuresOf(experiment).map(({ name }) => name);
    expect(names).toContain('response.p50');
    expect(names.filter((name) => /makespan|dependencyGap|width|early|criticalPath/.test(name))).toEqual([]);
  });
});
