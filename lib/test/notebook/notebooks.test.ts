import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { damageOf } from '../../src/analysis/damage.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { findExperiments } from '../../src/results/find-experiments.ts';
import { readNotebook, toText } from '../../src/notebook/notebook-file.ts';
import { parseParameters } from '../../src/notebook/notebook-parameters.ts';
import { orchlab } from '../support/orchlab-command.ts';
import { type ExecutedCell, type ExpectedCell, expectNothingPrivate, expectOutputs, figureIn } from './expect-outputs.ts';

const { root, notebooks, results } = findWorkspace(import.meta.dirname);

interface Story {
  readonly cells: readonly ExpectedCell[];
  /** What it is executed with here, to be short, and what it is committed with. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Figures by value, where they are known beforehand, and what the notebook's words conclude from them. */
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
      ['show(latencyOf(experiment))', 'table'],
      ['show(plotLatency(experiment))', 'plot: Response time: '],
      ['show(plotLatencyEcdf(experiment))', 'plot: Share of finished tasks'],
      ['show(plotLatencyOverTime(experiment))', 'plot: Response time over time'],
      ['show(throughputOf(', 'table'],
      ['show(plotThroughput(experiment))', 'plot: Throughput: '],
      ['show(plotTaskStates(experiment))', 'plot: Tasks by state'],
      ['show(resourcesOf(experiment))', 'table'],
      ['show(plotResources(experiment))', 'plot: Scheduler: '],
      ['experiment.tasks', 'table'],
      ['plot({', 'plot: Runs by the time'],
      ['toArrowIPC()', 'nothing'],
    ],
    figures(cells, run) {
      const tasks = run === 'committed' ? 50 : 250;
      expect(cells[3]?.text).toContain(`${tasks} of ${tasks} finished`);
      expect(cells[4]?.text).toMatch(new RegExp(`latency +${tasks} `));
      expect(sum(cells[8]?.text, /^ *\d+ +[\d.]+ +\d+ +(\d+)/gm)).toBe(tasks);
      // "In a burst the wait is most of the response time."
      const phases = cells[4]?.text;
      if (wereQuiet(cells))
        expect(figureIn(phases, 'wait', 'avgSeconds')).toBeGreaterThan(figureIn(phases, 'response time', 'avgSeconds') / 2);
    },
  },
  latency: {
    parameters: { config: 'quick' },
    cells: [
      ['let config', 'nothing'],
      ['import {', 'nothing'],
      ['const burst = await runExperiment', 'experiment'],
      ['show(latencyOf(burst))', 'table'],
      ['show(plotLatency(burst))', 'plot: Response time: '],
      ["plotLatencyEcdf(burst, { axis: 'tail' })", 'plot: Share of finished tasks'],
      ['taskPhases(burst)', 'table'],
      ['plotLatencyOverTime(burst)', 'plot: Response time over time'],
      ['const stalled = await runExperiment', 'experiment'],
      ['plotLatencyOverTime(stalled)', 'plot: Response time over time'],
      ['show(latencyOf(stalled))', 'table'],
      ["plotLatencyEcdf(stalled, { axis: 'tail' })", 'plot: Share of finished tasks'],
      ['latencyQuantiles(stalled', ['table', 'table']],
    ],
    figures(cells, run) {
      const tasks = run === 'committed' ? 250 : 50;
      expect(cells[3]?.text).toMatch(new RegExp(`latency +${tasks} `));
      // Poisson with a seed: always the same 56 runs of two tasks.
      expect(cells[8]?.text).toContain('112 of 112 finished');
      // "In a burst a response time is a place in the queue: the points make a ramp."
      expect(figureIn(cells[3]?.text, 'response time', 'maxSeconds')).toBeGreaterThan(
        1.5 * figureIn(cells[3]?.text, 'response time', 'minSeconds'),
      );
      // "Every task that was due during the stall had to wait for its end", 1.5 s for the earliest; "the slowest tenth is all stall, while the
      // median hardly notices"; "one that stands still creates none", so those runs waited to become tasks.
      const stall = (row: string, column: string): number => figureIn(cells[10]?.text, row, column);
      expect(stall('response time', 'maxSeconds')).toBeGreaterThan(1.4);
      if (wereQuiet(cells)) expect(stall('response time', 'p90Seconds')).toBeGreaterThan(2 * stall('response time', 'p50Seconds'));
      expect(stall('submission', 'maxSeconds')).toBeGreaterThan(1);
      // "The first two seconds, and the rest."
      const [before = '', rest = ''] = (cells[12]?.text ?? '').split(/\n(?=phase )/);
      expect(figureIn(before, 'response time', 'maxSeconds')).toBeLessThan(figureIn(rest, 'response time', 'maxSeconds'));
      expect(figureIn(before, 'response time', 'count') + figureIn(rest, 'response time', 'count')).toBe(112);
    },
  },
  resources: {
    parameters: { config: 'quick' },
    cells: [
      ['let config', 'nothing'],
      ['import {', 'nothing'],
      ['await runExperiment', 'experiment'],
      ['show(resourcesOf(experiment))', 'table'],
      ['show(plotResources(experiment))', 'plot: Scheduler: '],
      ['cpuMsPerTask', 'table'],
      ['show(plotPostgres(experiment))', 'plot: Postgres: '],
      ['statementsOf(experiment)', 'table'],
      ['show(plotHost(experiment))', 'plot: Host: '],
      ['for (const runs of [40, 160])', ['experiment', 'experiment']],
      ['overviewOf(sizes)', 'table'],
      ["roles: ['scheduler']", 'plot: Scheduler: '],
      ['resourceSeries(sizes[1])', 'table'],
    ],
    figures(cells, run) {
      expect(cells[2]?.text).toContain(run === 'committed' ? '250 of 250 finished' : '50 of 50 finished');
      expect(cells[9]?.text).toMatch(/200 of 200 finished[^]*800 of 800 finished/);
      // "What they share is counted in each, which makes Postgres look large. PSS counts it once."
      expect(figureIn(cells[3]?.text, 'postgres', 'pssBytesPeak')).toBeLessThan(figureIn(cells[3]?.text, 'postgres', 'rssBytesPeak') / 2);
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
      ['show([latencyOf(constant), latencyOf(poisson)])', ['table', 'table']],
      ['scheduleLagOf(poisson)', 'table'],
      ['plotScheduleLag(poisson)', 'plot: Schedule lag'],
      ['constant: runsAtLimit * 3', 'experiment'],
      ['plotTaskStates(beyond)', 'plot: Tasks by state'],
      ['plotLatencyOverTime(beyond', 'plot: Response time over time'],
      ['plotThroughput(beyond)', 'plot: Throughput: '],
      ["groupby('when')", 'table'],
      ['verdictOf(beyond)', 'verdict'],
      ['.map((experiment)', 'table'],
      ['overviewOf(', 'table'],
    ],
    figures(cells, run) {
      const [, found, limitedBy] = /about (\d+) runs a second; limited by: (\w+)/.exec(cells[4]?.text ?? '') ?? [];
      const runsAtLimit = Number(found);
      const runs = Math.ceil(3 * runsAtLimit * (run === 'committed' ? 4 : 2));
      const overview = cells[17]?.text;
      expect(['runs', 'tasks', 'finished'].map((column) => figureIn(overview, 'beyond', column))).toEqual([runs, 5 * runs, 5 * runs]);
      // The limit and the last table are of the same verdict.
      const verdicts = new Map([...(cells[16]?.text ?? '').matchAll(/^(\w+) +(\w+) {2,}\S/gm)].map(([, load, by]) => [load, by]));
      expect([...verdicts.keys()]).toEqual(['load', 'closed', 'constant', 'poisson', 'beyond']);
      expect(verdicts.get('closed')).toBe(limitedBy);
      expect(cells[15]?.text).toContain(`Limited by: ${verdicts.get('beyond')}`);
      const rates = cells[14]?.text;
      expect(figureIn(rates, 'while runs came', 'tasks') + figureIn(rates, 'after the last', 'tasks')).toBe(5 * runs);
      if (!wereQuiet(cells)) return;
      // Beyond the limit nobody says that nothing limited it.
      expect(verdicts.get('beyond')).not.toBe('nothing');
      // "Three times as many as that": "each task waits longer than the one before, only a queue that grows".
      expect(figureIn(overview, 'beyond', 'responseP50Seconds')).toBeGreaterThan(3 * figureIn(overview, 'constant', 'responseP50Seconds'));
      // Half of it was kept up with: done at nearly the rate at which it came.
      for (const load of ['constant', 'poisson']) {
        const offered = figureIn(overview, load, 'tasks') / (run === 'committed' ? 4 : 2);
        expect(figureIn(overview, load, 'tasksPerSecond')).toBeGreaterThan(0.7 * offered);
      }
    },
  },
  engines: {
    parameters: { config: 'quick', rounds: '1' },
    cells: [
      ['let config', 'nothing'],
      ['import {', 'nothing'],
      ['const scheduler', 'text'],
      ['await sweep', 'text'],
      ['show(plotTargets(experiments))', 'plot: '],
      ['show(compareTargets(experiments))', 'table'],
      ['const phases', 'table'],
      ['plotLatencyEcdf(experiments', 'plot: Share of finished tasks'],
    ],
    figures(cells, run) {
      const [rounds, runs] = run === 'committed' ? [3, 100] : [1, 10];
      expect(cells[2]?.text).toMatch(new RegExp(`^${runs} runs of 5 tasks of 0.1 s; with 20 tasks at once at most 200 tasks a second`));
      const order = Array.from({ length: rounds }, (_, round) =>
        ['dbos', 'graphile-worker', 'pg-boss'].map((target) => `round ${round + 1}: target=${target}`),
      );
      // Each round in an order of its own.
      expect(cells[3]?.text.trim().split('\n').toSorted()).toEqual(order.flat());
      expect(cells[6]?.text).toMatch(/^dbos +\d[^]*\npg-boss +\d[^]*\ngraphile-worker +\d/m);
      // "Most of a task's response time is the wait for a free place": of a burst with more tasks than places.
      if (run === 'committed')
        for (const target of ['dbos', 'pg-boss', 'graphile-worker'])
          expect(figureIn(cells[6]?.text, target, 'waitP50Ms')).toBeGreaterThan(figureIn(cells[6]?.text, target, 'executionP50Ms'));
    },
  },
  tuning: {
    parameters: { places: '[1,2,4,8]', runs: '20', rounds: '1' },
    cells: [
      ['let target', 'nothing'],
      ['import {', 'nothing'],
      ["'scheduler.max_concurrent_dispatches': places", 'series'],
      ['plotSweep(byPlaces)', 'plot: hroughput'],
      ['const shares', 'table'],
      ['scalingOf(byPlaces)', 'table'],
      ['const enough', 'text'],
      ["'scheduler.poll_interval_secs': polls", 'plot: esponse time p50'],
      ['const effects', 'text'],
    ],
    figures(cells, run) {
      const [places, rounds] = run === 'committed' ? [[4, 8, 16, 32, 64, 128], 3] : [[1, 2, 4, 8], 1];
      expect(cells[2]?.text).toContain(`${places.length * rounds} of ${places.length * rounds} experiments done`);
      // "With n places no more than n / 0.02 s tasks a second can be done, whatever the engine."
      const measured = places.map((count) => {
        const of = (column: string): number => figureIn(cells[4]?.text, `${count}`, column);
        expect(of('allowedTasksPerSecond')).toBe(50 * count);
        expect(of('measuredTasksPerSecond')).toBeLessThan(50 * count * 1.02);
        expect(of('ofAllowed')).toBeCloseTo(of('measuredTasksPerSecond') / (50 * count), 1);
        return of('measuredTasksPerSecond');
      });
      // The fewest of 90 % of the most.
      const enough = places[measured.findIndex((rate) => rate >= 0.9 * Math.max(...measured))];
      expect(cells[6]?.text).toContain(`${enough} places do `);
      expect(cells[6]?.text).toMatch(/places still bind|they still help|they do not bind any more/);
      expect(cells[5]?.text).toMatch(/^(lambda|cannot be told)/m);
      expect(cells[8]?.text).toMatch(/^graphile-worker: .*\ndbos: /);
      if (!wereQuiet(cells)) return;
      // Few places are busy all the time.
      expect(measured[0]).toBeGreaterThan(50 * places[0]! * 0.7);
      expect(measured[1]! / measured[0]!).toBeGreaterThan(1.5);
      // DBOS polls, graphile-worker is woken by NOTIFY.
      expect(cells[8]?.text).toMatch(/dbos: .* polling matters here/);
      if (run === 'committed') expect(cells[8]?.text).toMatch(/graphile-worker: .* polling hardly matters here/);
    },
  },
  compare: {
    parameters: { rounds: '2', runs: '20' },
    cells: [
      ['let target', 'nothing'],
      ['import {', 'nothing'],
      ['const config', 'nothing'],
      ['const same = await bench', 'plot: '],
      ['const ratios', ['table', 'text']],
      ['const fewer = await bench', 'plot: '],
      ['const throughput', 'text'],
      ['fewerCompared', 'comparison'],
      ['gateOf(b', 'table'],
    ],
    figures(cells, run) {
      const rounds = run === 'committed' ? 10 : 2;
      expect([...(cells[4]?.text ?? '').matchAll(/^ +(\d+) +\d/gm)].map(([, round]) => Number(round))).toEqual(
        Array.from({ length: rounds }, (_, index) => index + 1),
      );
      expect(cells[6]?.text).toMatch(new RegExp(`By arithmetic .* is 0\\.900 .* after ${rounds} rounds`));
      const gate = (row: string): string =>
        new RegExp(`^${row} {2,}.* (passed|failed|inconclusive)\\b`, 'm').exec(cells[8]?.text ?? '')?.[1] ?? '';
      if (run === 'executed') {
        // "So few could not show anything, even if they all agreed."
        for (const cell of [3, 5])
          expect(titleOf(cells[cell])).toContain("can't be told in any of 3 figures: 2 rounds are too few to judge");
        expect(cells[6]?.text).toContain('"cannot tell": 4 more rounds');
        expect([gate('A again'), gate('B')]).toEqual(['inconclusive', 'inconclusive']);
        return;
      }
      // Of what is the same nothing is called better or worse; the fewer places are found out.
      expect(titleOf(cells[3])).not.toMatch(/slower|faster/);
      expect(titleOf(cells[5])).toMatch(/slower in .*throughput \(-\d/);
      const [, measured] = /measured: ([\d.]+)/.exec(cells[6]?.text ?? '') ?? [];
      expect(Number(measured)).toBeGreaterThan(0.87);
      expect(Number(measured)).toBeLessThan(0.93);
      expect(gate('A again')).not.toBe('failed');
      // What only the host may have slowed down does not fail.
      expect(gate('B')).toBe(/limited by host|limited by driver/.test(cells[7]?.text ?? '') ? 'inconclusive' : 'failed');
    },
  },
  capacity: {
    parameters: { seconds: '4', resolution: '0.2', mostProbes: '3' },
    cells: [
      ['let target', 'nothing'],
      ['import {', 'nothing'],
      ['const ceiling', 'text'],
      ['await findCapacity', 'series'],
      ['plotCapacity(search)', 'plot: '],
      ['capacityOf(search)', 'text'],
      ['plotLatencyOverTime(', 'plot: Response time over time'],
      ['const proof', 'experiment'],
      ['verdictOf(proof)', 'text'],
    ],
    figures(cells, run) {
      // 300 ms are 200 more than a task takes: a queue of 8 tasks, which pile up in 9 s at 0.9 a second.
      expect(cells[2]?.text).toContain(
        run === 'committed' ? '40 tasks a second at most, 40.9 for 10 s' : '40 tasks a second at most, 42.2 for 4 s',
      );
      const probes = [...(cells[3]?.text ?? '').matchAll(/^ *([\d.]+) +([\d.]+) +(kept|missed|discarded)/gm)].map(
        ([, rate, seconds, answer]) => ({
          rate: Number(rate),
          seconds: Number(seconds),
          answer,
        }),
      );
      expect(probes[0]?.rate).toBe(20);
      // What is well beyond the ceiling is never kept, whatever the machine.
      for (const { rate, answer } of probes) if (rate > 1.15 * 40) expect(answer).not.toBe('kept');
      const [, low, high, ended] =
        /Kept up to ([\d.]+|not known).*missed from ([\d.]+|not known).* \(([\w ]+)\)\.\nBy arithmetic: 40\.0 in the long run/.exec(
          cells[5]?.text ?? '',
        ) ?? [];
      expect(ended).toBeDefined();
      if (run === 'committed') {
        expect(ended).toBe('found');
        expect(Number(low)).toBeGreaterThan(0.9 * 40);
        expect(Number(low)).toBeLessThan(40.9);
        expect(Number(high)).toBeLessThan(1.07 * 40);
        expect(Number(high) / Number(low)).toBeLessThan(1.06);
        expect(cells[5]?.text).toContain('Limited by: target');
        expect(probes.some(({ seconds, answer }) => seconds === 30 && answer === 'kept')).toBe(true);
      }
      if (!wereQuiet(cells)) return;
      expect(probes[0]?.answer).not.toBe('missed');
      // "With twice the places a rate well beyond the ceiling should be kept."
      expect(cells[8]?.text).toMatch(/^60 runs\/s with 8 places: response time p90 [12]\d\d ms/);
    },
  },
  history: {
    parameters: { nights: '1' },
    cells: [
      ['let target', 'nothing'],
      ['import {', 'nothing'],
      ['parseHistoryCsv(readFileSync', 'plot: nightly on graphile-worker: 3 changes over 48 experiments'],
      ['const changesOf', 'table'],
      ['const alarms', 'table'],
      ['for (const [index, build]', 'text'],
      ['plotHistory(ownLines)', 'plot: own on graphile-worker: '],
      ['const found', 'text'],
      ['const together', 'table'],
    ],
    figures(cells, run) {
      const nights = run === 'committed' ? 12 : 1;
      // The file is fixed, and so is what is found in it.
      expect(
        [...(cells[3]?.text ?? '').matchAll(/^([a-z]\S+) +(\S+)-nightly +(\S+) % +(better|worse)/gm)].map((row) => row.slice(1)),
      ).toEqual([
        ['response.p99', '2026-08-23T02-09-39', '8.1', 'worse'],
        ['scheduler.cpuPerTask', '2026-09-04T02-05-42', '-5.6', 'better'],
        ['scheduler.rssBytesPeak', '2026-09-04T02-05-42', '22.0', 'worse'],
      ]);
      expect(cells[3]?.text).toContain('commit 94e3d05c → e20b8817');
      expect(cells[3]?.text).toContain('engine version 0.17.3 → 0.18.0');
      // "Three alarms": the backup, the regression, and nothing at all.
      expect([...(cells[4]?.text ?? '').matchAll(/-nightly/g)]).toHaveLength(3);
      expect(cells[5]?.text).toContain(`${2 * nights} experiments of 2 builds`);
      expect(cells[7]?.text).toContain(`The build changed with experiment ${nights + 1}.`);
      if (run === 'committed') expect(cells[7]?.text).toMatch(/Found: (throughput|response time p50) from experiment 13 on \(build-2\)/);
      else expect(cells[7]?.text).toContain('Nothing was found, and in 2 experiments nothing can be');
      expect(cells[8]?.text).toMatch(/^nightly +graphile-worker .* 48$/m);
      expect(cells[8]?.text).toMatch(new RegExp(`^own +graphile-worker .* ${2 * nights}$`, 'm'));
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
      ['show(latencyOf(experiment))', 'table'],
      ['plotTaskStates(experiment)', 'plot: Tasks by state'],
      ['verdictOf(experiment)', 'verdict'],
    ],
    figures(cells, run) {
      expect(cells[7]?.text).toContain('column "end_at" does not exist');
      expect(cells[8]?.text).toMatch(/^ok +prepare [^]*\nok +clean [^]*can be measured/);
      expect(cells[9]?.text).toContain(run === 'committed' ? '100 of 100 finished' : '25 of 25 finished');
      // "One task at a time, so nearly all of the response time is waiting. The verdict has the evidence."
      const average = (row: string): number => figureIn(cells[10]?.text, row, 'avgSeconds');
      expect(average('execution')).toBeLessThan(average('response time') / 5);
      if (wereQuiet(cells)) expect(cells[12]?.text).toMatch(/^Limited by: target\n.* of its 1 places /);
    },
  },
  template: {
    parameters: {},
    cells: [
      ['let config', 'nothing'],
      ["import * as lab from 'orchlab'", 'nothing'],
      ['await runExperiment', 'experiment'],
      ['show(latencyOf(experiment))', 'table'],
      ['plotLatencyOverTime(experiment)', 'plot: Response time over time'],
      ['experiment.tasks', 'table'],
      ['lab.plot({', 'plot: Half of the tasks were within'],
      ['toCSV()', 'nothing'],
    ],
    figures: (cells) => expect(cells[5]?.text).toMatch(/^ *\d+ +5 /m),
  },
};

/** Whether its experiments had the machine for themselves, by their cards: what words conclude from figures of a busy one need not be so. */
function wereQuiet(cells: readonly ExecutedCell[]): boolean {
  return cells.every(({ text }) => !text.includes('Noisy host'));
}

/** What a plot says in its title. */
function titleOf(cell: ExecutedCell | undefined): string {
  return /\[plot: ([^]*)\]$/.exec(cell?.text ?? '')?.[1] ?? '';
}

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
    const executed = expectOutputs(notebook, cells);
    figures(executed, 'committed');
    const warnings = executed.flatMap(({ text }) => text.match(/^ *warning: .*$/gm) ?? []);
    expect(warnings).toEqual([...new Set(warnings)]);
    expect((await stat(file)).size).toBeLessThan(600_000);
    expectNothingPrivate(JSON.stringify(notebook));
    expect(notebook.metadata.kernelspec).toMatchObject({ name: 'orchlab', language: 'typescript' });
    expect(notebook.cells.some((cell) => cell.metadata.tags?.includes('parameters'))).toBe(true);
  });

  describe('executed from a clean kernel', () => {
    let paths: readonly string[];
    let beganMs: number;
    beforeAll(async () => {
      beganMs = Date.now();
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
      const given = parseParameters(Object.entries(parameters).map((pair) => pair.join('=')));
      const injected = Object.entries(given).map(([key, value]) => `var ${key} = ${JSON.stringify(value, null, 1)};`);
      const cell = notebook.cells[tags.indexOf('injected-parameters')];
      expect(cell ? toText(cell.source) : '').toBe(injected.join('\n'));
      if (cell) expect(tags.indexOf('injected-parameters')).toBe(tags.indexOf('parameters') + 1);
    });

    it('leaves the files of its experiments as they were', async () => {
      const experiments = (await findExperiments({ directory: results })).filter(({ manifest }) => manifest.times.startedMs >= beganMs);
      expect(experiments.length).toBeGreaterThan(0);
      expect(experiments.map(damageOf)).toEqual(experiments.map(() => undefined));
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
