import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExperimentNotFoundError, findExperiment, findExperiments } from '../../src/results/find-experiments.ts';
import { findAllSeries, findExperimentOrSeries, findSeries, seriesNameOf } from '../../src/results/find-series.ts';
import { DamagedResultsError } from '../../src/results/read-record.ts';
import { selectExperiments } from '../../src/results/select-experiments.ts';
import { isFinished, openSeries, roundOf } from '../../src/results/series.ts';
import { figuredExperiment } from '../support/figured-experiment.ts';
import { figuredSeries } from '../support/figured-series.ts';

const directory = mkdtempSync(join(tmpdir(), 'orchlab-series-'));
afterAll(() => rmSync(directory, { recursive: true }));
beforeAll(async () => {
  await figuredExperiment(directory, { name: 'alone', startedMs: 1, figures: {} });
  await figuredSeries(directory, 'first-sweep', [
    { settings: { target: 'dbos' }, round: 1 },
    { settings: { target: 'pg-boss' }, round: 1, status: 'interrupted' },
    { settings: { target: 'pg-boss' }, round: 1 },
    { settings: { target: 'dbos' }, round: 2, status: 'failed' },
  ]);
  await figuredSeries(directory, 'second-bench', [{ key: 'a', settings: {}, round: 1 }], {
    kind: 'bench',
    startedMs: 5,
    status: 'interrupted',
  });
});

const names = (all: readonly { readonly name: string }[]): readonly string[] => all.map(({ name }) => name);

describe('a series', () => {
  it('is opened with its experiments, of which those that were interrupted are to be run again', async () => {
    const { record, steps, experiments } = await openSeries(join(directory, 'first-sweep'));
    expect(record).toMatchObject({ kind: 'sweep', status: 'done', config: 'standard' });
    expect(names(experiments)).toEqual(['experiment-000', 'experiment-002']);
    expect(steps.map(isFinished)).toEqual([true, false, true, true]);
    expect(experiments.map(roundOf)).toEqual(['first-sweep, round 1', 'first-sweep, round 1']);
    expect(experiments.map(seriesNameOf)).toEqual(['first-sweep', 'first-sweep']);
  });

  it('whose experiment is damaged or gone has that run again', async () => {
    const own = join(directory, 'damaged');
    const series = await figuredSeries(directory, 'damaged', [
      { settings: { target: 'dbos' }, round: 1 },
      { settings: { target: 'dbos' }, round: 2 },
    ]);
    writeFileSync(join(series.experiments[0]!.directory, 'manifest.json'), '{');
    expect((await openSeries(own)).steps.map(isFinished)).toEqual([false, true]);
    rmSync(own, { recursive: true });
  });

  it.each([
    ['{', /expected the record of a series, got something that can't be read/],
    ['{"formatVersion": 2}', /one of format 2, which a newer version of orchlab wrote/],
  ])('with %s as its record is damaged, and breaks no other', async (text, message) => {
    const series = await figuredSeries(directory, 'broken', [{ settings: { target: 'dbos' }, round: 1 }]);
    writeFileSync(join(series.directory, 'series.json'), text);
    await expect(openSeries(series.directory)).rejects.toThrow(DamagedResultsError);
    await expect(openSeries(series.directory)).rejects.toThrow(message);
    const damaged: string[] = [];
    expect(names(await findAllSeries({ directory, onDamaged: (error) => damaged.push(error.message) }))).toEqual([
      'second-bench',
      'first-sweep',
    ]);
    expect(damaged).toHaveLength(1);
    rmSync(series.directory, { recursive: true });
  });

  it('is found by its name, its directory, the beginning of its name and its kind', async () => {
    expect((await findSeries('first', { directory })).name).toBe('first-sweep');
    expect((await findSeries(join(directory, 'first-sweep'), { directory })).name).toBe('first-sweep');
    expect((await findSeries('latest', { directory })).name).toBe('first-sweep');
    expect((await findSeries('latest', { directory, kind: 'bench' })).name).toBe('second-bench');
    await expect(findSeries('first', { directory, kind: 'bench' })).rejects.toThrow(ExperimentNotFoundError);
    await expect(findSeries('first', { directory, kind: 'bench' })).rejects.toThrow(
      /^bench first: expected .*\(second-bench\), got 0 that fit$/,
    );
  });

  it('has its experiments found with all others, and by their names', async () => {
    expect(names(await findExperiments({ directory }))).toEqual(['alone', 'experiment-000', 'experiment-000', 'experiment-002']);
    expect(names(await findExperiments({ directory, withinSeries: false }))).toEqual(['alone']);
    expect((await findExperiment('experiment-002', directory)).directory).toBe(join(directory, 'first-sweep', 'experiment-002'));
    // Two series may each have one.
    await expect(findExperiment('experiment-000', directory)).rejects.toThrow('got 2 that fit');
  });

  it('goes before its experiments, and is the latest where its experiment is', async () => {
    expect(await findExperimentOrSeries('first', directory)).toMatchObject({ name: 'first-sweep', record: {} });
    expect(await findExperimentOrSeries('alone', directory)).toMatchObject({ name: 'alone', manifest: {} });
    expect(await findExperimentOrSeries('experiment-002', directory)).toMatchObject({ name: 'experiment-002', manifest: {} });
    expect(await findExperimentOrSeries('latest', directory)).toMatchObject({ name: 'first-sweep', record: {} });
  });

  it('is a selection of all its experiments that ended, to be narrowed by what they set', async () => {
    expect(names(await selectExperiments('first-sweep', { directory }))).toEqual(['experiment-000', 'experiment-002']);
    expect(await selectExperiments('first-sweep,tasks_per_workflow=1', { directory })).toHaveLength(2);
    await expect(selectExperiments('first-sweep,scheduler.processes=7', { directory })).rejects.toThrow('expected at least one that fits');
    await expect(selectExperiments('first-sweep,scheduler.proceses=7', { directory })).rejects.toThrow(
      'or a key of the config, got "scheduler.proceses=7"',
    );
  });

  it('holds no process that runs it when it is over', async () => {
    const text = readFileSync(join(directory, 'first-sweep', 'series.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ runner: null });
  });
});
