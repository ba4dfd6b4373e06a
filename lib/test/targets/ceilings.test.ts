import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AuditedCeiling, ceilingAudit } from '../../src/analysis/ceiling-audit.ts';
import { figureOf } from '../../src/analysis/figures.ts';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfig, PerfConfigFile } from '../../src/config/perf-config.ts';
import type { Ceiling } from '../../src/results/ceiling.ts';
import { runExperiment } from '../../src/run/run-experiment.ts';
import { ceilingsOf } from '../../src/targets/ceilings.ts';
import { findTarget, listTargets } from '../../src/targets/registry.ts';
import { boundedPlaces } from '../../src/targets/target-profile.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { missingProgram } from '../support/missing-program.ts';
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
    task: { executor: 'inline', duration: of.duration } as never,
    logDirectory: '/none',
    temporaryDirectory: '/none',
    protect: () => undefined as never,
  });
  return ceilingsOf(target, of);
}

describe('the ceilings of a config', () => {
  it.each<[string, Partial<PerfConfigFile>, string[]]>([
    ['graphile-worker', { scheduler: { max_concurrent_dispatches: 20 } }, ['places: 200']],
    ['pg-boss', { scheduler: { max_concurrent_dispatches: 4, processes: 3 } }, ['places: 120']],
    ['pg-boss', { duration: 0 }, []],
    // DBOS refills places at polls: a task of 0.1 s has ended after the poll 0.1 s later, so it holds its place for two.
    ['dbos', {}, ['polling: 100', 'places: 200']],
    ['dbos', { duration: 0 }, ['polling: 200']],
    ['dbos', { duration: 0.3, scheduler: { max_concurrent_dispatches: 6 } }, ['polling: 15', 'places: 20']],
    ['dbos', { duration: 0.05, scheduler: { poll_interval_secs: 2, processes: 2 } }, ['polling: 20', 'places: 800']],
    // A run of 5 tasks in a chain of 0.1 s takes half a second.
    ['pg-boss', { shape: 'chain', arrival: { closed: 4 }, scheduler: { max_concurrent_dispatches: 20 } }, ['in-flight: 40', 'places: 200']],
    ['pg-boss', { shape: 'chain' }, ['in-flight: 100', 'places: 200']],
    ['pg-boss', { shape: { fan_out_in: 3 }, max_in_flight: 2 }, ['in-flight: 33.333333', 'places: 200']],
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

/**
 * For each target a config that puts its lowest ceiling far below what the machine does, and that ceiling. A second of work for a task: what an
 * engine takes beside it (procrastinate 5 ms, one fetch after another) is then little of it.
 */
const fourPlaces = { max_concurrent_dispatches: 4 };
const cases: readonly (Partial<PerfConfigFile> & { readonly target: string; readonly predicted: number; readonly binding: string })[] = [
  { target: 'graphile-worker', duration: 1, scheduler: fourPlaces, binding: 'places', predicted: 4 },
  { target: 'pg-boss', duration: 1, scheduler: fourPlaces, binding: 'places', predicted: 4 },
  { target: 'dbos', duration: 1, scheduler: { ...fourPlaces, poll_interval_secs: 0.8 }, binding: 'polling', predicted: 4 / 1.6 },
  { target: 'procrastinate', duration: 1, scheduler: fourPlaces, binding: 'places', predicted: 4 },
  { target: batchEngine, duration: 0, scheduler: { max_tasks_per_batch: 4, poll_interval_secs: 1 }, binding: 'polling', predicted: 4 },
  // None of ork's own: the load's.
  { target: 'ork', executor: 'process', duration: 0.1, arrival: { constant: 4 }, load_seconds: 5, binding: 'arrival', predicted: 16 },
];
const repository = findWorkspace(import.meta.dirname);
// The tests' workspaces are elsewhere than the repository's environment for it.
const python = join(repository.root, '.venv-procrastinate', 'bin', 'python');
if (existsSync(python)) process.env['PROCRASTINATE_PYTHON'] = python;
const missing = new Map(
  await Promise.all(
    cases.map(async ({ target, executor = 'inline' }) => [target, await missingProgram(target, repository, executor)] as const),
  ),
);

describe('a ceiling is what the audit measures, within 5 %, where nothing else is near', () => {
  const audits = new Map<string, readonly AuditedCeiling[]>();
  const measure = async (values: Partial<PerfConfigFile>): Promise<readonly AuditedCeiling[]> => {
    const size = 'load_seconds' in values ? {} : { workflows: 5 };
    const of = createConfig({ tasks_per_workflow: 4, executor: 'inline', duration: 0, ...size, ...values });
    return ceilingAudit(
      await runExperiment(of, { workspace: findWorkspace(workspace.current.root), onProgress: false, besideOthers: true }),
    );
  };

  it('of all that can run here, side by side: they wait for nearly all of the time', async () => {
    workspace.current.copyTargets();
    const able = cases.filter(({ target }) => missing.get(target) === undefined);
    await Promise.all(
      able.map(async ({ predicted: _predicted, binding: _binding, ...values }) => audits.set(values.target, await measure(values))),
    );
    expect(audits.size).toBe(able.length);
  });

  for (const { target, binding, predicted } of cases) {
    const why = missing.get(target);
    it.skipIf(why !== undefined)(`${binding} of ${basename(target)}${why === undefined ? '' : `, not run: ${why}`}`, () => {
      const [lowest] = audits.get(target)?.filter(({ figure }) => figure === 'throughput.tasksPerSecond') ?? [];
      expect(lowest?.name).toBe(binding);
      expect(lowest?.value).toBeCloseTo(predicted, 9);
      expect(lowest?.ratio).toBeGreaterThan(0.95);
      expect(lowest?.ratio).toBeLessThan(1.02);
    });
  }

  // What batch / poll would allow, 4 a second, binds nothing: while there is work it loops at once.
  it.skipIf(missing.get('ork') !== undefined)(
    'and ork has none of its own: far more than its batch at each poll, with one dispatch at a time',
    async () => {
      workspace.current.copyTargets();
      const of = createConfig({
        target: 'ork',
        workflows: 40,
        tasks_per_workflow: 4,
        duration: 0,
        executor: 'process',
        scheduler: { max_tasks_per_batch: 4, poll_interval_secs: 1, max_concurrent_dispatches: 1, db_pool_size: 1 },
      });
      const experiment = await runExperiment(of, { workspace: findWorkspace(workspace.current.root), onProgress: false });
      expect(experiment.manifest.ceilings).toEqual([]);
      expect(figureOf(experiment, 'throughput.tasksPerSecond')).toBeGreaterThan(4 * 4);
    },
  );

  it('of every target that orchlab brings', async () => {
    const known = (await listTargets(repository)).map(({ name }) => name);
    expect(known.filter((name) => !cases.some(({ target }) => target === name.split(':')[0]))).toEqual([]);
    expect(known).toEqual(expect.arrayContaining(cases.map(({ target }) => target).filter((target) => target !== batchEngine)));
  });
});
