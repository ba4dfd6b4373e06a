import { expect, it } from 'vitest';
import { figureOf } from '../../src/analysis/figures.ts';
import { priorityInversions } from '../../src/analysis/priority-inversions.ts';
import { summaryOf } from '../../src/analysis/saved-summary.ts';
import { tasksByWorkflow } from '../../src/config/mixed.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { measureOracle, quantileOf } from '../support/measure-oracle.ts';
import type { OracleTask } from '../support/oracle-target.ts';
import { usePrivateServer } from '../support/private-server.ts';

const postgres = usePrivateServer();

/** A task of the truth, with the moment at which the driver had the engine's answer for its run. */
interface Planted extends OracleTask {
  readonly workflow: string;
  readonly dueMs: number;
  readonly readyMs: number;
}

it('an oracle with several workflows has the figures of each as planted, their inversions and breaches', async () => {
  const { oracle, experiment, runs, status } = await measureOracle(
    postgres.server,
    {
      seed: 3,
      phasesOf({ runIndex, workflow }, taskIndex) {
        // The urgent ones wait long: most tasks of the others are taken meanwhile.
        if (workflow?.name === 'urgent') return { waitMs: 60 + (runIndex % 7) * 10, dispatchMs: 1, executionMs: 20 };
        return { waitMs: 5 + ((runIndex * 5 + taskIndex) % 11), dispatchMs: 1, executionMs: 30 + ((runIndex + taskIndex) % 30) };
      },
    },
    {
      tasks_per_workflow: 2,
      load_seconds: 3,
      workflows: [
        { name: 'urgent', arrival: { constant: 20 }, priority: 9, tasks: 1 },
        { name: 'bulk', arrival: { poisson: 15, seed: 2 }, tasks: 7, limits: { concurrency: 4, rate: { tasks: 12, seconds: 0.5 } } },
        { name: 'chains', runs: 10, arrival: { constant: 5 }, tasks: 3, shape: 'chain', priority: -3 },
      ],
    },
  );
  expect(status).toBe('done');
  const { config, ledger } = experiment.manifest;
  const tasksOf = tasksByWorkflow(config);
  const count = (name: string): number => runs.filter(({ workflow }) => workflow === name).length;
  expect([count('urgent'), count('chains')]).toEqual([60, 10]);
  expect(count('bulk')).toBeGreaterThan(15);
  expect(ledger).toMatchObject({ submitted: 60 + 7 * count('bulk') + 30, finished: 60 + 7 * count('bulk') + 30, lost: 0 });
  // Each comes when its own schedule has it due, from one beginning.
  const dues = (name: string): number[] => runs.filter(({ workflow }) => workflow === name).map(({ dueMs }) => dueMs);
  const [firstMs = Number.NaN] = dues('urgent');
  for (const [index, dueMs] of dues('urgent').entries()) expect(dueMs - firstMs).toBeCloseTo(50 * index, 2);
  for (const [index, dueMs] of dues('chains').entries()) expect(dueMs - firstMs).toBeCloseTo(200 * index, 2);

  const truth = oracle.tasks.map((task): Planted => {
    const run = runs.find(({ runIndex }) => runIndex === task.runIndex);
    if (!run) throw new Error(`expected run ${task.runIndex}`);
    const parent =
      run.workflow === 'chains'
        ? oracle.tasks.find((other) => other.runIndex === task.runIndex && other.taskIndex === task.taskIndex - 1)
        : undefined;
    const readyMs = Math.max(task.createdMs, run.acknowledgedMs, parent?.finishedMs ?? Number.NEGATIVE_INFINITY);
    return { ...task, workflow: run.workflow, dueMs: run.dueMs, readyMs };
  });
  for (const name of ['urgent', 'bulk', 'chains']) {
    const own = truth.filter(({ workflow }) => workflow === name);
    expect(own).toHaveLength(count(name) * tasksOf(name));
    const figure = (of: string): number => figureOf(experiment, `workflow.${name}.${of}`);
    expect([figure('tasks.submitted'), figure('tasks.finished'), figure('tasks.lost')]).toEqual([own.length, own.length, 0]);
    const responses = own.map(({ dueMs, finishedMs }) => (finishedMs - dueMs) / 1000);
    expect(figure('response.p50')).toBeCloseTo(quantileOf(responses, 0.5), 5);
    expect(figure('response.max')).toBeCloseTo(Math.max(...responses), 5);
    expect(figure('latency.avg')).toBeCloseTo(
      own.reduce((sum, { createdMs, finishedMs }) => sum + (finishedMs - createdMs) / 1000, 0) / own.length,
      5,
    );
    const begins = own.map(({ startedMs }) => startedMs);
    expect(figure('running.max')).toBe(
      Math.max(...begins.map((ms) => own.filter((each) => each.startedMs <= ms && each.finishedMs > ms).length)),
    );
  }

  const bulk = truth.filter(({ workflow }) => workflow === 'bulk');
  const breach = (isAbove: (ms: number) => number, limit: number, moments: readonly number[]): number => {
    const sorted = [...new Set(moments)].sort((one, other) => one - other);
    return sorted.reduce((sum, ms, index) => (isAbove(ms) > limit ? sum + (sorted[index + 1] ?? ms) - ms : sum), 0) / 1000;
  };
  const runningAt = (ms: number): number => bulk.filter(({ startedMs, finishedMs }) => startedMs <= ms && finishedMs > ms).length;
  const begunBy = (ms: number): number => bulk.filter(({ startedMs }) => startedMs <= ms && startedMs + 500 > ms).length;
  const moments = bulk.flatMap(({ startedMs, finishedMs }) => [startedMs, finishedMs]);
  expect(figureOf(experiment, 'workflow.bulk.concurrency.breach')).toBeCloseTo(breach(runningAt, 4, moments), 4);
  expect(figureOf(experiment, 'workflow.bulk.concurrency.breach')).toBeGreaterThan(0.1);
  const windows = bulk.flatMap(({ startedMs }) => [startedMs, startedMs + 500]);
  expect(figureOf(experiment, 'workflow.bulk.rate.breach')).toBeCloseTo(breach(begunBy, 12, windows), 4);

  const priorities: Readonly<Record<string, number>> = { urgent: 9, bulk: 0, chains: -3 };
  const priorityOf = ({ workflow }: Planted): number => priorities[workflow] ?? Number.NaN;
  // The bulk may wait for its limit.
  const waits = (each: Planted, ms: number): boolean => each.workflow !== 'bulk' && each.readyMs < ms && ms < each.dispatchedMs;
  const inverted = truth.filter((low) => truth.some((high) => priorityOf(high) > priorityOf(low) && waits(high, low.dispatchedMs)));
  const overtaken = truth.filter((high) => truth.some((low) => priorityOf(low) < priorityOf(high) && waits(high, low.dispatchedMs)));
  expect(priorityInversions(experiment)).toMatchObject({ tasks: inverted.length, overtaken: overtaken.length });
  expect(inverted.length).toBeGreaterThan(0);

  const summary = summaryOf(experiment);
  expect(summary.workflows.map(({ name, tasksPerRun }) => [name, tasksPerRun])).toEqual([
    ['urgent', 1],
    ['bulk', 7],
    ['chains', 3],
  ]);
  const text = textSummary(summary);
  expect(text).toMatch(/Workflows:\n\s+workflow/);
  expect(text).toContain('bulk, at most 4 running: more for ');
  expect(text).toContain(`Taken while one of a higher priority waited: ${inverted.length} (`);
});
