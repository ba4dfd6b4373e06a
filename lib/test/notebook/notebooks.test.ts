import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findWorkspace } from '../../src/config/workspace.ts';
import { readNotebook, toText } from '../../src/notebook/notebook-file.ts';
import { orchlab } from '../support/orchlab-command.ts';
import { type ExecutedCell, type ExpectedCell, expectNothingPrivate, expectOutputs } from './expect-outputs.ts';

const { root, notebooks, results } = findWorkspace(import.meta.dirname);

interface Story {
  readonly cells: readonly ExpectedCell[];
  /** What it is executed with here, to be short, and what it is committed with. */
  readonly parameters: Readonly<Record<string, string>>;
  /** A figure by value, where it is known beforehand. */
  readonly figures: (cells: readonly ExecutedCell[], run: 'executed' | 'committed') => void;
}

const stories: Readonly<Record<string, Story>> = {
  quickstart: {
    parameters: { config: 'latency' },
    cells: [
      ['let config', 'nothing'],
      ['import {', 'nothing'],
      ['await loadConfig(config)', 'config'],
      ['await runExperiment(perfConfig)', 'experiment'],
      ['show(latency(experiment))', 'table'],
      ['show(plotLatency(experiment))', 'plot: Response time: '],
      ['show(plotLatencyEcdf(experiment))', 'plot: Share of finished tasks'],
      ['show(plotLatencyOverTime(experiment))', 'plot: Response time over time'],
      ['show(throughput(', 'table'],
      ['show(plotThroughput(experiment))', 'plot: Throughput: '],
      ['show(plotTaskStates(experiment))', 'plot: Tasks by state'],
      ['show(resources(experiment))', 'table'],
      ['show(plotResources(experiment))', 'plot: Scheduler: '],
      ['experiment.tasks', 'table'],
    ],
    figures(cells, run) {
      const tasks = run === 'committed' ? 50 : 250;
      expect(cells[3]?.text).toContain(`${tasks} of ${tasks} finished`);
      expect(cells[4]?.text).toMatch(new RegExp(`latency +${tasks} `));
      expect(sum(cells[8]?.text, /^ *\d+ +[\d.]+ +\d+ +(\d+)/gm)).toBe(tasks);
    },
  },
  latency: {
    parameters: { config: 'quick' },
    cells: [
      ['let config', 'nothing'],
      ['import {', 'nothing'],
      ['const burst = await runExperiment', 'experiment'],
      ['show(latency(burst))', 'table'],
      ['show(plotLatency(burst))', 'plot: Response time: '],
      ["plotLatencyEcdf(burst, { axis: 'tail' })", 'plot: Share of finished tasks'],
      ['taskPhases(burst)', 'table'],
      ['plotLatencyOverTime(burst)', 'plot: Response time over time'],
      ['const stalled = await runExperiment', 'experiment'],
      ['plotLatencyOverTime(stalled)', 'plot: Response time over time'],
      ['show(latency(stalled))', 'table'],
      ["plotLatencyEcdf(stalled, { axis: 'tail' })", 'plot: Share of finished tasks'],
      ['latencyQuantiles(stalled', ['table', 'table']],
    ],
    figures(cells, run) {
      const tasks = run === 'committed' ? 250 : 50;
      expect(cells[3]?.text).toMatch(new RegExp(`latency +${tasks} `));
      // Poisson with a seed: always the same 56 runs of two tasks.
      expect(cells[8]?.text).toContain('112 of 112 finished');
      // Who was due when the stall of 1.5 s began waited for all of it.
      const slowest = Number(/response time .* ([\d.]+)$/m.exec(cells[10]?.text ?? '')?.[1]);
      expect(slowest).toBeGreaterThan(1.4);
    },
  },
  resources: {
    parameters: { config: 'quick' },
    cells: [
      ['let config', 'nothing'],
      ['import {', 'nothing'],
      ['await runExperiment', 'experiment'],
      ['show(resources(experiment))', 'table'],
      ['show(plotResources(experiment))', 'plot: Scheduler: '],
      ['cpuMsPerTask', 'table'],
      ['show(plotPostgres(experiment))', 'plot: Postgres: '],
      ['experiment.statements', 'table'],
      ['show(plotHost(experiment))', 'plot: Host: '],
      ['for (const runs of [40, 160])', ['experiment', 'experiment']],
      ['overview(sizes)', 'table'],
      ["roles: ['scheduler']", 'plot: Scheduler: '],
      ['resourceSeries(sizes[1])', 'table'],
    ],
    figures(cells, run) {
      expect(cells[2]?.text).toContain(run === 'committed' ? '250 of 250 finished' : '50 of 50 finished');
      expect(cells[9]?.text).toMatch(/200 of 200 finished[^]*800 of 800 finished/);
      // CPU per task is the CPU divided by the tasks, in milliseconds.
      const [, seconds, perTask] = /^scheduler +([\d.]+) +([\d.]+)/m.exec(cells[5]?.text ?? '') ?? [];
      expect(Number(perTask) / Number(seconds)).toBeCloseTo(run === 'committed' ? 4 : 20, 0);
    },
  },
  load: {
    parameters: { seconds: '2' },
    cells: [
      ['let target', 'nothing'],
      ['import {', 'nothing'],
      ['async function load(', 'nothing'],
      ['{ closed: 50 }', 'experiment'],
      ['const limit', 'text'],
      ['constant: runsAtLimit / 2', 'experiment'],
      ['poisson: runsAtLimit / 2', 'experiment'],
      ['show([latency(constant), latency(poisson)])', ['table', 'table']],
      ['scheduleLag(poisson)', 'table'],
      ['plotScheduleLag(poisson)', 'plot: Schedule lag'],
      ['constant: runsAtLimit * 3', 'experiment'],
      ['plotTaskStates(beyond)', 'plot: Tasks by state'],
      ['plotLatencyOverTime(beyond', 'plot: Response time over time'],
      ['plotThroughput(beyond)', 'plot: Throughput: '],
      ['verdict(beyond)', 'verdict'],
      ['.map((experiment)', 'table'],
      ['overview(', 'table'],
    ],
    figures(cells, run) {
      const runsAtLimit = Number(/about (\d+) runs a second/.exec(cells[4]?.text ?? '')?.[1]);
      const runs = Math.ceil(3 * runsAtLimit * (run === 'committed' ? 4 : 2));
      const row = /^beyond +\S+ +done +([\d,]+) +([\d,]+) +([\d,]+) /m.exec(cells[16]?.text ?? '')?.slice(1) ?? [];
      expect(row.map((figure) => Number(figure.replaceAll(',', '')))).toEqual([runs, 5 * runs, 5 * runs]);
    },
  },
  engines: {
    parameters: { config: 'quick', rounds: '1' },
    cells: [
      ['let config', 'nothing'],
      ['import {', 'nothing'],
      ['const scheduler', 'text'],
      ['await runInterleaved', 'text'],
      ['show(plotComparison(experiments))', 'plot: '],
      ['show(compareTargets(experiments))', 'table'],
      ['const phases', 'table'],
      ['const fastest', 'plot: Share of finished tasks'],
    ],
    figures(cells, run) {
      const [rounds, runs] = run === 'committed' ? [3, 100] : [1, 10];
      expect(cells[2]?.text).toMatch(new RegExp(`^${runs} runs of 5 tasks of 0.1 s; with 20 tasks at once at most 200 tasks a second`));
      const order = Array.from({ length: rounds }, (_, round) =>
        ['dbos', 'pg-boss', 'graphile-worker'].map((target) => `round ${round + 1}: ${target}`),
      );
      expect(cells[3]?.text.trim().split('\n')).toEqual(order.flat());
      expect(cells[6]?.text).toMatch(/^dbos +\d[^]*\npg-boss +\d[^]*\ngraphile-worker +\d/m);
    },
  },
  'your-orchestrator': {
    parameters: { runs: '5' },
    cells: [
      ['let runs', 'nothing'],
      ['import {', 'nothing'],
      ['minimal-engine.mjs', 'words'],
      ['const prepare', 'nothing'],
      ['const scheduler', 'nothing'],
      ['const submit', 'nothing'],
      ['const tasks', 'nothing'],
      ["void check('mistaken'", 'text'],
      ["check('my-engine'", 'text'],
      ['await runExperiment', 'experiment'],
      ['show(latency(experiment))', 'table'],
      ['plotTaskStates(experiment)', 'plot: Tasks by state'],
      ['verdict(experiment)', 'verdict'],
    ],
    figures(cells, run) {
      expect(cells[7]?.text).toContain('column "end_at" does not exist');
      expect(cells[8]?.text).toMatch(/^ok +prepare [^]*\nok +clean [^]*can be measured/);
      expect(cells[9]?.text).toContain(run === 'committed' ? '100 of 100 finished' : '25 of 25 finished');
    },
  },
  template: {
    parameters: {},
    cells: [
      ['let config', 'nothing'],
      ["import * as lab from 'orchlab'", 'nothing'],
      ['await runExperiment', 'experiment'],
      ['show(latency(experiment))', 'table'],
      ['plotLatencyOverTime(experiment)', 'plot: Response time over time'],
      ['experiment.tasks', 'table'],
      ['lab.plot({', 'plot: Half of the tasks were within'],
      ['toCSV()', 'nothing'],
    ],
    figures: (cells) => expect(cells[5]?.text).toMatch(/^ *\d+ +5 /m),
  },
};

function sum(text = '', pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, [, figure]) => total + Number(figure), 0);
}

it('every notebook is checked here or has a test of its own', async () => {
  const names = (await readdir(notebooks)).filter((name) => name.endsWith('.ipynb')).map((name) => name.replace('.ipynb', ''));
  const own = await Promise.all(
    names.map(async (name) =>
      stat(join(import.meta.dirname, `${name}.test.ts`)).then(
        () => name,
        () => undefined,
      ),
    ),
  );
  expect(names.filter((name) => !(name in stories) && !own.includes(name))).toEqual([]);
});

describe.each(Object.entries(stories))('%s.ipynb', (name, { parameters, cells, figures }) => {
  it('is committed with its outputs, small, and says nothing of the machine that it was made on', async () => {
    const file = join(notebooks, `${name}.ipynb`);
    const notebook = await readNotebook(file);
    figures(expectOutputs(notebook, cells), 'committed');
    expect((await stat(file)).size).toBeLessThan(600_000);
    expectNothingPrivate(JSON.stringify(notebook));
    expect(notebook.metadata.kernelspec).toMatchObject({ name: 'orchlab', language: 'typescript' });
    expect(notebook.cells.some((cell) => cell.metadata.tags?.includes('parameters'))).toBe(true);
  });

  describe('executed from a clean kernel', () => {
    let paths: readonly string[];
    beforeAll(async () => {
      await mkdir(results, { recursive: true });
      const values = Object.entries(parameters).flatMap(([key, value]) => ['-p', `${key}=${value}`]);
      const { code, stdout, stderr } = await orchlab(['notebook', 'run', name, ...values, '--html'], {
        cwd: root,
        env: { TMPDIR: tmpdir() },
      });
      expect(code, stderr).toBe(0);
      paths = stdout.trim().split('\n');
    });

    it('gives every output, with the figures of what was asked for', async () => {
      const notebook = await readNotebook(join(root, paths[0] ?? ''));
      figures(expectOutputs(notebook, cells), 'executed');
      // Parameters are injected behind their cell, in the layout of papermill.
      const tags = notebook.cells.map((cell) => cell.metadata.tags?.join(' '));
      const injected = Object.entries(parameters).map(([key, value]) => `var ${key} = ${Number(value) ? value : JSON.stringify(value)};`);
      const cell = notebook.cells[tags.indexOf('injected-parameters')];
      expect(cell ? toText(cell.source) : '').toBe(injected.join('\n'));
      if (cell) expect(tags.indexOf('injected-parameters')).toBe(tags.indexOf('parameters') + 1);
    });

    it('is rendered beside it as one page that says nothing of this machine', async () => {
      const page = await readFile(join(root, paths[1] ?? ''), 'utf8');
      const [heading] = (await readFile(join(notebooks, `${name}.ipynb`), 'utf8')).match(/(?<="# )[^"\\]+/) ?? [];
      expect(/<title>(.*?)<\/title>/.exec(page)?.[1]).toBe(heading);
      expect(page.length).toBeLessThan(2e6);
      expectNothingPrivate(page);
    });
  });
});
