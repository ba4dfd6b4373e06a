import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { compareTargets } from '../../src/analysis/compare-targets.ts';
import { figureOf, figures, figuresOf, findFigure } from '../../src/analysis/figures.ts';
import { overviewOf } from '../../src/analysis/overview.ts';
import { summaryOf } from '../../src/analysis/saved-summary.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { type Experiment, openExperiment } from '../../src/results/experiment.ts';
import { toText } from '../../src/report/mime-bundle.ts';
import { fullText, writeReports } from '../../src/run/write-reports.ts';
import { buildExperiment, writeExperiment } from '../support/build-experiment.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

async function saved(experiment: Experiment): Promise<string> {
  const directory = join(workspace.current.results, experiment.name);
  await writeExperiment(experiment, directory);
  await writeReports(await openExperiment(directory));
  return directory;
}

describe('summary.json', () => {
  const built = buildExperiment({ failures: 3, seed: 4 });
  let directory: string;
  beforeEach(async () => (directory = await saved(built)));

  it.each([
    ['one that is done', built],
    ['one that failed', buildExperiment({ status: 'failed', reason: 'the scheduler exited with code 1', lost: 5, config: 'lossy' })],
  ])('is what summarize says, of %s', async (_, experiment) => {
    const path = await saved(experiment);
    expect(existsSync(join(path, 'summary.json'))).toBe(true);
    const summary = summaryOf(await openExperiment(path));
    expect(summary).toEqual(JSON.parse(JSON.stringify(summarize(await openExperiment(path)))));
    expect(summary.directory).toBe(path);
  });

  it('is read in place of the tables, by overview, comparison, text and card too', async () => {
    // Told by a figure that no table has.
    const path = join(directory, 'summary.json');
    const before = summarize(built).figures['throughput.tasksPerSecond'] ?? 0;
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(String(before), '123.5'));
    const experiment = await openExperiment(directory);
    expect(summaryOf(experiment).figures['throughput.tasksPerSecond']).toBe(123.5);
    expect(overviewOf([experiment]).get('tasksPerSecond', 0)).toBe(123.5);
    expect(compareTargets([experiment]).object(0)).toMatchObject({ figure: 'throughput (tasks/s)', median: 123.5 });
    expect(fullText(experiment)).toContain('  Task completion: 123.50 tasks/sec\n');
    expect(toText(experiment)).toMatch(/ throughput +124 tasks\/s\n/);
  });

  it.each([
    ['a file of it has become shorter', () => truncateSync(join(directory, 'tasks.arrow'), 5000), 'damaged'],
    ['its manifest was changed', () => writeFileSync(join(directory, 'manifest.json'), changedManifest()), 'failed'],
    ['it can not be read', () => writeFileSync(join(directory, 'summary.json'), '{"formatVersion": 1,'), 'done'],
    ['it is of another version', () => writeFileSync(join(directory, 'summary.json'), '{"formatVersion": 0}'), 'done'],
    ['another catalogue of figures made it', () => editSummary({ figures: 'another' }), 'done'],
    ['there is none', () => rmSync(join(directory, 'summary.json')), 'done'],
  ])('is worked out anew where %s', async (_, change, expected) => {
    change();
    const { status, damage, figures: values } = summaryOf(await openExperiment(directory));
    expect(damage === null ? status : 'damaged').toBe(expected);
    if (damage === null) expect(values['response.p50']).toBe(summarize(built).figures['response.p50']);
  });

  function editSummary(changes: object): void {
    const path = join(directory, 'summary.json');
    const edited = JSON.parse(readFileSync(path, 'utf8')) as { madeOf: object; summary: { figures: object } };
    // What would show if it were taken: a figure that no table has.
    edited.summary.figures = { ...edited.summary.figures, 'response.p50': 123.5 };
    writeFileSync(path, JSON.stringify({ ...edited, madeOf: { ...edited.madeOf, ...changes } }));
  }

  function changedManifest(): string {
    const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as object;
    return JSON.stringify({ ...manifest, status: 'failed' });
  }

  it('names what has to be the same for a repetition', async () => {
    const { setup } = summaryOf(await openExperiment(directory));
    expect(setup).toMatchObject({ target: 'dbos', version: '5.3.0', orchlab: '0.1.0', postgres: '18.4 embedded' });
    expect(setup.host).toBe('linux x64, Test CPU, 2 cores');
    const hashOf = (experiment: Experiment): string => summarize(experiment).setup.configHash;
    expect(setup.configHash).toMatch(/^[0-9a-f]{12}$/);
    // Another name or seed is the same config, another load is not.
    expect(hashOf(buildExperiment({ config: 'renamed', seed: 9 }))).toBe(setup.configHash);
    expect(hashOf(buildExperiment({ runs: 101 }))).not.toBe(setup.configHash);
  });
});

describe('the catalogue of figures', () => {
  const experiment = buildExperiment({ failures: 2, sendSeconds: 3 });
  const summary = summarize(experiment);

  it('has each figure once, with a title, and all of them are in the summary', () => {
    const names = figures.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(summary.figures)).toEqual(figuresOf(experiment).map(({ name }) => name));
    for (const { title } of figures) expect(title).not.toBe('');
  });

  it('has the numbers that the summary has by group', () => {
    expect(summary.figures).toMatchObject({
      'response.p99': summary.responseSeconds.p99,
      'latency.avg': summary.latencySeconds.avg,
      'scheduleLag.max': summary.scheduleLagSeconds.max,
      'throughput.tasksPerSecond': summary.throughput.tasksPerSecond,
      duration: summary.durationSeconds,
      'tasks.failed': 2,
      'runs.submitted': 100,
      'scheduler.rssBytesPeak': summary.scheduler.rssBytesPeak,
      'workers.cpuSeconds': summary.workers.cpuSeconds,
      'steady.response.p50': summary.steady.responseSeconds.p50,
    });
    expect(figureOf(experiment, 'response.p99')).toBe(summary.responseSeconds.p99);
    expect(figureOf(experiment, 'scheduler.cpuPerTask')).toBeCloseTo((summary.scheduler.cpuSeconds ?? 0) / 498, 12);
  });

  it('says which there are where a name is none of them', () => {
    expect(() => figureOf(experiment, 'latency.p98')).toThrow(/expected one of latency\.avg, .*latency\.p99,.* got "latency\.p98"/);
    expect(() => findFigure('speed')).toThrow(/expected one of .*response\. \.\.\.,.*duration,.* got "speed"/);
  });
});
