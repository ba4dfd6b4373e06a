import { expect, test } from 'vitest';
import { latencyOverTime } from '../../src/analysis/latency-over-time.ts';
import type { Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';

const base = buildExperiment({ runs: 1, tasksPerRun: 1 });
const originMs = (base.runs.array('sentMs') as Float64Array)[0] ?? Number.NaN;

/** Tasks created and finished at these seconds after the first submission. */
function withTasks(times: readonly (readonly [createdSeconds: number, finishedSeconds: number])[]) {
  const tasks = times.map(([created, finished], taskIndex): Row<'tasks'> => {
    const createdMs = originMs + created * 1000;
    return {
      runIndex: 0,
      taskIndex,
      status: 'finished',
      createdMs,
      dispatchedMs: createdMs,
      startedMs: createdMs,
      finishedMs: originMs + finished * 1000,
      attempts: 1,
      executions: 1,
    };
  });
  return replaceTables(base, { tasks });
}

test('percentiles of the tasks that finished in each window; one without a task is unknown', () => {
  const table = latencyOverTime(withTasks([...[0.25, 0.25, 0.75, 0.75].map((finished) => [0, finished] as const), [0.5, 2.5]]), {
    windowSeconds: 1,
  });
  // Of four tasks the median is known, of one nothing but itself.
  const unknown = { p90Seconds: Number.NaN, p99Seconds: Number.NaN };
  expect(table.objects()).toEqual([
    { startSeconds: 0, endSeconds: 1, count: 4, p50Seconds: 0.5, ...unknown, maxSeconds: 0.75 },
    {
      startSeconds: 1,
      endSeconds: 2,
      count: 0,
      p50Seconds: Number.NaN,
      p90Seconds: Number.NaN,
      p99Seconds: Number.NaN,
      maxSeconds: Number.NaN,
    },
    { startSeconds: 2, endSeconds: 2.5, count: 1, p50Seconds: Number.NaN, ...unknown, maxSeconds: 2 },
  ]);
});

test('by the time of creation, of another phase, and refusing a width of nothing', () => {
  const experiment = withTasks([
    [0, 3],
    [1.5, 3],
  ]);
  expect(latencyOverTime(experiment, { windowSeconds: 1, by: 'created' }).array('count')).toEqual([1, 1, 0]);
  expect(latencyOverTime(experiment, { windowSeconds: 5, phase: 'wait' }).array('maxSeconds')).toEqual([0]);
  expect(() => latencyOverTime(experiment, { windowSeconds: 0 })).toThrow('expected windowSeconds above 0, got 0');
});

test('by when their run was due: where they came while the target stalled, not where they came out of it', () => {
  const run = base.runs.object(0) as Row<'runs'>;
  const runs = [0, 1, 2].map((runIndex) => ({
    ...run,
    runIndex,
    runId: `run ${runIndex}`,
    dueMs: originMs + runIndex * 1000 + 500,
    sentMs: originMs,
  }));
  const tasks = runs.map(({ runIndex }) => ({
    ...(base.tasks.object(0) as Row<'tasks'>),
    runIndex,
    createdMs: originMs + 3500,
    finishedMs: originMs + 4000,
  }));
  const experiment = replaceTables(base, { runs, tasks });
  const table = latencyOverTime(experiment, { windowSeconds: 1, by: 'due', phase: 'response' });
  expect(table.array('count')).toEqual([1, 1, 1, 0]);
  expect(table.array('maxSeconds')).toEqual([3.5, 2.5, 1.5, Number.NaN]);
  expect(latencyOverTime(experiment, { windowSeconds: 1 }).array('count')).toEqual([0, 0, 0, 3]);
});

test('every finished task is in one window', () => {
  const counts = latencyOverTime(buildExperiment({ failures: 7, lost: 3 })).array('count') as Float64Array;
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(490);
});
