import { mkdtempSync, rmSync, utimesSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { readProcessStatus } from '../../src/processes/process-status.ts';
import { readManifest } from '../../src/results/manifest.ts';
import { type Series, isFinished, openSeries } from '../../src/results/series.ts';
import { type SeriesRecord, writeSeriesRecord } from '../../src/results/series-record.ts';
import { SeriesError } from '../../src/run/errors.ts';
import { resumeSeries } from '../../src/run/resume-series.ts';
import { settleInterrupted } from '../../src/run/settle-interrupted.ts';
import { planSweep } from '../../src/run/sweep-plan.ts';
import { type FiguredStep, figuredSeries } from '../support/figured-series.ts';

const results = mkdtempSync(join(tmpdir(), 'orchlab-resume-'));
afterAll(() => rmSync(results, { recursive: true }));
const workspace = { ...findWorkspace(results), results };

const config = createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 0, executor: 'inline' }, 'small');
const { request } = planSweep(config, { vary: { target: ['dbos', 'pg-boss'] }, repeat: 1, seed: 1 });
const steps: readonly FiguredStep[] = ['dbos', 'pg-boss'].map((target) => ({ key: `target=${target}`, settings: { target }, round: 1 }));

async function saved(name: string, record: Partial<SeriesRecord>): Promise<Series> {
  return figuredSeries(results, name, steps, { request, ...record });
}

async function resumed(name: string, options: Parameters<typeof resumeSeries>[1] = {}): Promise<Series> {
  return resumeSeries(name, { workspace, onProgress: false, ...options });
}

describe('a series', () => {
  it('that is complete is returned as it is', async () => {
    const before = await saved('complete', {});
    const after = await resumed('complete', { kind: 'sweep' });
    expect(after.record.steps).toEqual(before.record.steps);
    expect(after.record).toMatchObject({ status: 'done', outcome: {}, runner: null, total: 2 });
    expect(readdirSync(after.directory).filter((name) => name.startsWith('experiment-'))).toHaveLength(2);
  });

  it('that another process runs is left to it', async () => {
    const startTime = readProcessStatus(process.pid)?.startTime ?? '';
    await saved('running', { status: 'running', runner: { pid: process.pid, startTime } });
    await expect(resumed('running')).rejects.toThrow(SeriesError);
    await expect(resumed('running')).rejects.toThrow(`expected a series that nobody runs, got one that process ${process.pid} does`);
    // Its pid may be another's by now.
    await saved('reused', { status: 'running', runner: { pid: process.pid, startTime: 'earlier' } });
    expect((await resumed('reused')).record.status).toBe('done');
  });

  it.each([
    ['without its request', { request: {} }, {}, /expected a request in its series\.json that can be planned, got: /],
    ['with a request for less than one round', {}, { request: { repeat: 0 } }, /that can be planned, got: [^]*repeat/],
  ])('%s is refused', async (_what, record, options, message) => {
    await saved('refused', record);
    await expect(resumed('refused', options)).rejects.toThrow(SeriesError);
    await expect(resumed('refused', options)).rejects.toThrow(message);
  });
});

describe('what was under way when the process that ran a series was killed', () => {
  const hourAgo = Date.now() / 1000 - 3600;

  async function killed(name: string, status: 'running' | 'done' | 'interrupted'): Promise<Series> {
    const [first, second] = steps;
    const series = await figuredSeries(results, name, [first!, { ...second!, manifest: { status } }], { request, status: 'running' });
    const [, experiment] = series.experiments;
    for (const file of readdirSync(experiment!.directory)) utimesSync(join(experiment!.directory, file), hourAgo, hourAgo);
    const record = {
      ...series.record,
      steps: series.record.steps.map((step, index) => (index === 1 ? { ...step, status: 'running' as const } : step)),
    };
    await writeSeriesRecord(series.directory, record);
    return openSeries(series.directory);
  }

  it('is marked as interrupted, in its manifest too, and is to be run again', async () => {
    const { directory, experiments } = await killed('killed', 'running');
    await settleInterrupted(directory, undefined);
    const settled = await openSeries(directory);
    expect(settled.steps.map(({ status, reason }) => [status, reason])).toEqual([
      ['done', undefined],
      ['interrupted', 'orchlab was killed while it ran'],
    ]);
    expect(settled.steps.map(isFinished)).toEqual([true, false]);
    expect(await readManifest(experiments[1]!.directory)).toMatchObject({
      status: 'interrupted',
      reason: 'orchlab was killed while it ran',
    });
  });

  it('is found where it was killed before its directory was noted', async () => {
    const { directory, record, experiments } = await killed('unnoted', 'interrupted');
    const unnoted = record.steps.map((step, index) => (index === 1 ? { ...step, experiment: null } : step));
    await writeSeriesRecord(directory, { ...record, steps: unnoted });
    await settleInterrupted(directory, undefined);
    expect((await openSeries(directory)).steps.map(({ experiment }) => experiment?.name)).toEqual(experiments.map(({ name }) => name));
  });

  it.each(['done', 'interrupted'] as const)('is as it ended where that was %s', async (status) => {
    const { directory } = await killed(`ended-${status}`, status);
    await settleInterrupted(directory, undefined);
    const settled = await openSeries(directory);
    expect(settled.steps.map((step) => step.status)).toEqual(['done', status]);
    expect(settled.steps[1]?.reason).not.toBe('orchlab was killed while it ran');
  });
});
