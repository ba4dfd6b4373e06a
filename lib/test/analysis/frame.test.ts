import { describe, expect, it } from 'vitest';
import { meanCount, stretchesOf } from '../../src/analysis/edges.ts';
import { frameOf } from '../../src/analysis/frame.ts';
import { allOf } from '../../src/analysis/number-pieces.ts';
import { phaseDistribution, phasePieces } from '../../src/analysis/task-phases.ts';
import { taskStretches } from '../../src/analysis/task-stretches.ts';
import { phases } from '../../src/results/phases.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Row } from '../../src/results/tables.ts';
import { seededRandom } from '../../src/random/seeded-random.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';

const options = { runs: 400, tasksPerRun: 5, failures: 9, cancelled: 4, lost: 3, sendSeconds: 4 };

function rowsOf<T extends 'tasks' | 'runs'>(experiment: Experiment, name: T): readonly Row<T>[] {
  return experiment[name].objects({ limit: Infinity }) as unknown as readonly Row<T>[];
}

/** The same experiment with its rows in another order, some runs in the warm-up, and one run that no row tells of. */
function shuffled(experiment: Experiment): Experiment {
  const uniform = seededRandom(3);
  const shuffle = <R>(rows: readonly R[]): R[] =>
    rows
      .map((row) => ({ row, key: uniform() }))
      .sort((a, b) => a.key - b.key)
      .map(({ row }) => row);
  return replaceTables(experiment, {
    runs: shuffle(rowsOf(experiment, 'runs').map((run) => ({ ...run, warmUp: run.runIndex < 20 }))).filter(
      ({ runIndex }) => runIndex !== 77,
    ),
    tasks: shuffle(rowsOf(experiment, 'tasks')),
  });
}

describe.each([
  ['as written', buildExperiment(options)],
  ['in any order', shuffled(buildExperiment(options))],
])('a frame of rows %s', (_, experiment) => {
  const runs = new Map(rowsOf(experiment, 'runs').map((run) => [run.runIndex, run]));
  const tasks = rowsOf(experiment, 'tasks');
  const measured = tasks.filter(({ status, runIndex }) => status === 'finished' && runs.get(runIndex)?.warmUp !== true);

  it('has the run of each task, and the tasks that figures are of', () => {
    const frame = frameOf(experiment);
    expect(Array.from(frame.tasks.run, (row) => frame.runs.runIndex[row])).toEqual(
      tasks.map(({ runIndex }) => (runs.has(runIndex) ? runIndex : undefined)),
    );
    expect(Array.from(frame.measured, (row) => tasks[row])).toEqual(measured);
    expect(frame.ends).toEqual({ finished: 2000 - 16, failed: 9, cancelled: 4, lost: 3 });
  });

  it.each(phases)('has the times of $name of each of them', ({ name, from, to }) => {
    const timeOf = (task: Row<'tasks'>, time: typeof from): number =>
      time === 'wantedMs' ? (runs.get(task.runIndex)?.dueMs ?? Number.NaN) : task[time];
    const expected = measured.map((task) => (timeOf(task, to) - timeOf(task, from)) / 1000);
    expect([...allOf(phasePieces(experiment, name))]).toEqual(expected);
    const sorted = expected.filter((seconds) => !Number.isNaN(seconds)).sort((a, b) => a - b);
    expect(phaseDistribution(experiment, name)).toMatchObject({ count: sorted.length, min: sorted[0], max: sorted.at(-1) });
  });

  it('counts what was waiting, in place and outstanding over any time as a look at every task does', () => {
    const stretches = taskStretches(experiment);
    const naive = {
      outstanding: tasks.map((task) => [runs.get(task.runIndex)?.dueMs ?? Number.NaN, task.finishedMs] as const),
      waiting: tasks.map((task) => [
        runs.get(task.runIndex)?.acknowledgedMs ?? task.createdMs,
        Number.isNaN(task.dispatchedMs) ? task.finishedMs : task.dispatchedMs,
      ]),
      inPlace: tasks.map((task) => [task.dispatchedMs, task.finishedMs] as const),
    };
    const zeroMs = rowsOf(experiment, 'runs').reduce((least, { dueMs }) => Math.min(least, dueMs), Infinity);
    for (const [from, to] of [
      [-1000, 9000],
      [500, 700],
      [2000, 2000.5],
      [4500, 9000],
    ] as const) {
      const [fromMs, toMs] = [zeroMs + from, zeroMs + to];
      for (const name of ['outstanding', 'waiting', 'inPlace'] as const) {
        let total = 0;
        for (const [begin = Number.NaN, end = Number.NaN] of naive[name]) {
          if (Number.isNaN(begin)) continue;
          total += Math.max(0, Math.min(Number.isNaN(end) ? Infinity : end, toMs) - Math.max(begin, fromMs));
        }
        expect(meanCount(stretches[name], fromMs, toMs)).toBeCloseTo(total / (toMs - fromMs), 6);
      }
    }
  });
});

it('a stretch that ends before it begins is of no length, whatever the clocks say', () => {
  expect(meanCount(stretchesOf(Float64Array.of(5, 0), Float64Array.of(3, 10)), 0, 10)).toBe(1);
});
