import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { numberColumn } from '../../src/analysis/columns.ts';
import { taskPhases } from '../../src/analysis/task-phases.ts';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfig, PerfConfigFile } from '../../src/config/perf-config.ts';
import type { Ceiling } from '../../src/results/ceiling.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import { runExperiment } from '../../src/run/run-experiment.ts';
import { ceilingsOf } from '../../src/targets/ceilings.ts';
import { findTarget } from '../../src/targets/registry.ts';
import { boundedPlaces } from '../../src/targets/target-profile.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();
const batchEngine = join(import.meta.dirname, 'fixtures/batch-engine.yaml');

function config(values: Partial<PerfConfigFile>): PerfConfig {
  const size = 'load_seconds' in values ? {} : { workflows: 10 };
  return createConfig({ tasks_per_workflow: 5, duration: 0.1, executor: 'inline', ...size, ...values });
}

/** Those that a target and a load have, as `name: value`. */
async function ceilings(values: Partial<PerfConfigFile>): Promise<readonly string[]> {
  const all = await ceilingsFor(config(values));
  return all.map(
    ({ name, figure, value }) => `${name}: ${Number(value.toFixed(6))}${figure === 'throughput.runsPerSecond' ? ' runs' : ''}`,
  );
}

async function ceilingsFor(of: PerfConfig): Promise<readonly Ceiling[]> {
  const createTarget = await findTarget(of, findWorkspace(import.meta.dirname));
  // Made and not prepared: it looks at no database.
  await using target = await createTarget({
    config: of,
    databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
    task: { executor: 'inline', durationSeconds: of.duration } as never,
    logDirectory: '/none',
    temporaryDirectory: '/none',
    protect: () => undefined as never,
  });
  return ceilingsOf(target, of);
}

describe('the ceilings of a config', () => {
  it.each([
    ['graphile-worker', { scheduler: { max_concurrent_dispatches: 20 } }, ['places: 200']],
    ['pg-boss', { scheduler: { max_concurrent_dispatches: 4, processes: 3 } }, ['places: 120']],
    ['pg-boss', { duration: 0 }, []],
    // DBOS refills places at polls: a task of 0.1 s has ended after the poll 0.1 s later, so it holds its place for two.
    ['dbos', {}, ['polling: 100', 'places: 200']],
    ['dbos', { duration: 0 }, ['polling: 200']],
    ['dbos', { duration: 0.3, scheduler: { max_concurrent_dispatches: 6 } }, ['polling: 15', 'places: 20']],
    ['dbos', { duration: 0.05, scheduler: { poll_interval_secs: 2, processes: 2 } }, ['polling: 20', 'places: 800']],
    [batchEngine, { scheduler: { max_tasks_per_batch: 30, poll_interval_secs: 0.5 } }, ['polling: 60']],
  ])('of %s with %j are %j', async (target, values, expected) => {
    expect(await ceilings({ ...values, target })).toEqual(expected);
  });

  it.each([
    [{ arrival: { constant: 8 }, load_seconds: 5 }, ['arrival: 8 runs', 'arrival: 40', 'places: 200']],
    [{ arrival: { poisson: 8 }, load_seconds: 5 }, ['arrival: 8 runs', 'arrival: 40', 'places: 200']],
    [{ arrival: { ramp: [2, 6] }, load_seconds: 5 }, ['arrival: 4 runs', 'arrival: 20', 'places: 200']],
    [{ arrival: { closed: 3 }, load_seconds: 5 }, ['in-flight: 150', 'places: 200']],
    [{ max_in_flight: 2 }, ['in-flight: 100', 'places: 200']],
  ] as const)('of a load %j are %j', async (values, expected) => {
    expect(await ceilings({ ...(values as Partial<PerfConfigFile>), target: 'graphile-worker' })).toEqual(expected);
  });

  it('say which settings they are of, and how they come about', async () => {
    const [lowest, places] = await ceilingsFor(config({ target: 'dbos' }));
    expect(lowest).toMatchObject({
      settings: ['scheduler.max_concurrent_dispatches', 'scheduler.poll_interval_secs', 'scheduler.processes'],
      formula: '20 places, each held for 2 polls of 0.1 s (minPollingIntervalMs)',
    });
    expect(places).toMatchObject({ title: 'places for tasks', formula: '20 places (workerConcurrency 20) / 0.1 s' });
    const [own] = await ceilingsFor(config({ target: batchEngine }));
    expect(own).toMatchObject({
      title: 'tasks taken at polls',
      settings: ['scheduler.max_tasks_per_batch', 'scheduler.poll_interval_secs'],
      formula: 'scheduler.max_tasks_per_batch / scheduler.poll_interval_secs',
    });
  });

  it('are none where nothing bounds, or the target does not say', () => {
    const of = config({ target: 'graphile-worker' });
    expect(ceilingsOf({ places: { kind: 'unbounded' } }, of)).toEqual([]);
    expect(ceilingsOf({ places: { kind: 'unknown' } }, of)).toEqual([]);
    const endless: Ceiling = {
      name: 'x',
      title: 'x',
      figure: 'throughput.tasksPerSecond',
      value: Infinity,
      settings: [],
      formula: '1 / 0',
    };
    expect(ceilingsOf({ places: boundedPlaces('n', 4, 1), ceilings: [endless] }, of).map(({ name }) => name)).toEqual(['places']);
  });
});

/** Tasks a second from when the first batch had ended: what comes before (a start, the first poll) is in no ceiling. */
function steadyRate(experiment: Experiment, batch: number): number {
  const finished = numberColumn(taskPhases(experiment), 'finishedSeconds').toSorted();
  return (finished.length - batch) / ((finished.at(-1) ?? Number.NaN) - (finished[batch - 1] ?? Number.NaN));
}

// Once is enough to show that a ceiling is what binds: a host that others use makes any engine slower, a wrong ceiling is wrong every time.
// A machine that is busy with other tests holds engines up: then it is measured once more.
it('are what is measured, within 5 %, where nothing else is near: places and polls', { retry: 1 }, async () => {
  const places = { max_concurrent_dispatches: 4 };
  // What an engine takes beside the work, 40 ms for a task on a busy machine, is to be little of each second.
  const cases = [
    { target: 'graphile-worker', duration: 1, scheduler: places, predicted: 4 },
    { target: 'pg-boss', duration: 1, scheduler: places, predicted: 4 },
    { target: 'dbos', duration: 1, scheduler: { ...places, poll_interval_secs: 0.8 }, predicted: 4 / 1.6 },
    { target: batchEngine, duration: 0, scheduler: { max_tasks_per_batch: 4, poll_interval_secs: 1 }, predicted: 4 },
  ];
  // Side by side: they wait for nearly all of the time.
  const measured = await Promise.all(
    cases.map(async ({ predicted, ...values }) => {
      const of = config({ ...values, workflows: 5, tasks_per_workflow: 4 });
      const experiment = await runExperiment(of, {
        workspace: findWorkspace(workspace.current.root),
        onProgress: false,
        besideOthers: true,
      });
      expect(experiment.manifest.ceilings?.[0]?.value).toBeCloseTo(predicted, 9);
      return { target: basename(values.target), ratio: steadyRate(experiment, 4) / predicted };
    }),
  );
  for (const each of measured) expect(each, JSON.stringify(measured)).toSatisfy(({ ratio }: typeof each) => ratio > 0.95 && ratio < 1.02);
});
