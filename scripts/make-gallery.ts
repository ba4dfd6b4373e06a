/**
 * Runs a few experiments and makes docs/gallery.md with a picture of every kind, each with the command and the call that gave it:
 * `ORK_BIN=<path of ork> node scripts/make-gallery.ts`. Takes some minutes. With the heading of a chapter only its pictures are
 * made, and the page stays.
 */
import {
  createConfig,
  loadConfig,
  plotTargets,
  plotHost,
  plotLatency,
  plotLatencyEcdf,
  plotLatencyOverTime,
  plotMetrics,
  plotScheduleLag,
} from 'orchlab';
import {
  type Plot,
  plotGantt,
  plotLatencyByWorkflow,
  plotRunningByWorkflow,
  plotSweep,
  plotPostgres,
  plotResources,
  plotTaskStates,
  plotThroughput,
  plotWidthOverTime,
  runExperiment,
  sweep,
} from 'orchlab';
import {
  type Experiment,
  type PerfConfig,
  type PerfConfigFile,
  bench,
  compareSides,
  historyOf,
  plotComparison,
  plotHistory,
} from 'orchlab';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plotToSvg, svgToSmallPng } from '../lib/src/report/render-plot.ts';

interface Figure {
  readonly name: string;
  readonly heading: string;
  readonly words: string;
  readonly call: string;
  readonly draw: () => Plot;
}

interface Chapter {
  readonly heading: string;
  readonly words: string;
  readonly command: string;
  readonly run: () => Promise<readonly Figure[]>;
}

const poll = { poll_interval_secs: 0.1 };

const chapters: readonly Chapter[] = [
  {
    heading: 'A burst',
    words: 'All runs at once: how fast does the queue drain, and what does it take?',
    command: 'npx orchlab run standard -s scheduler.poll_interval_secs=0.1',
    async run() {
      const experiment = await runExperiment(await loadConfig('standard', { overrides: { scheduler: poll } }));
      return [
        figure(
          'latency',
          'Where the time goes',
          'Each phase of a task as a histogram on one logarithmic axis of time, percentiles marked.',
          'plotLatency(experiment)',
          () => plotLatency(experiment),
        ),
        figure(
          'ecdf',
          'Shares of tasks',
          'How many tasks took at most how long, one line a phase, percentiles as dots.',
          'plotLatencyEcdf(experiment)',
          () => plotLatencyEcdf(experiment),
        ),
        figure(
          'tail',
          'The tail',
          'Each step up is a tenth of the tasks that are left.',
          "plotLatencyEcdf(experiment, { axis: 'tail' })",
          () => plotLatencyEcdf(experiment, { axis: 'tail' }),
        ),
        figure(
          'task-states',
          'The queue',
          'What is pending and in work, and on a scale of its own what is done.',
          'plotTaskStates(experiment)',
          () => plotTaskStates(experiment),
        ),
        figure(
          'throughput',
          'Throughput',
          'Tasks that finished by window, and below the runs that were submitted.',
          'plotThroughput(experiment)',
          () => plotThroughput(experiment),
        ),
        figure(
          'resources',
          'Memory and CPU',
          'Scheduler, workers, Postgres, and orchlab itself, on one axis of time.',
          'plotResources(experiment)',
          () => plotResources(experiment),
        ),
        figure(
          'postgres',
          'Postgres',
          'What connections in use do and wait for, idle ones, commits, WAL, size.',
          'plotPostgres(experiment)',
          () => plotPostgres(experiment),
        ),
        figure('host', 'The machine', 'When it is busy with something else, every other figure is too.', 'plotHost(experiment)', () =>
          plotHost(experiment),
        ),
      ];
    },
  },
  {
    heading: 'A stall',
    words: 'Runs come at random, 8 a second; in its fourth second the scheduler is stopped for 1.5 s.',
    command:
      'npx orchlab run --tasks 2 --duration 0.05 -s arrival.poisson=8 -s load_seconds=8 -s script=stalling-task.sh -s scheduler.poll_interval_secs=0.1',
    async run() {
      const arrival = { poisson: 8, seed: 1 };
      const values = { arrival, load_seconds: 8, tasks_per_workflow: 2, duration: 0.05, script: 'stalling-task.sh', scheduler: poll };
      const experiment = await runExperiment(createConfig(values, 'stall'));
      return [
        figure(
          'stall',
          'Latency over time',
          'By when a run was due: who came during the stall had to wait for its end.',
          'plotLatencyOverTime(experiment)',
          () => plotLatencyOverTime(experiment),
        ),
      ];
    },
  },
  {
    heading: 'Past the limit',
    words: 'More than the orchestrator can do, for four seconds: there is no latency at this load, only a queue that grows.',
    command:
      'npx orchlab run --tasks 5 --duration 0 --executor inline -s arrival.constant=200 -s load_seconds=4 -s scheduler.poll_interval_secs=0.1',
    async run() {
      const values = {
        arrival: { constant: 200 },
        load_seconds: 4,
        tasks_per_workflow: 5,
        duration: 0,
        executor: 'inline',
        scheduler: poll,
      } as const;
      const experiment = await runExperiment(createConfig(values, 'beyond'));
      return [
        figure(
          'beyond-latency',
          'Latency over time',
          'Every task waits longer than the one before.',
          'plotLatencyOverTime(experiment)',
          () => plotLatencyOverTime(experiment),
        ),
        figure(
          'beyond-lag',
          'Schedule lag',
          'Was it the driver? No: it sent runs milliseconds after they were due, not seconds.',
          'plotScheduleLag(experiment)',
          () => plotScheduleLag(experiment),
        ),
        figure(
          'beyond-states',
          'The backlog',
          'What piles up while the load lasts, and how long it takes to work it off.',
          'plotTaskStates(experiment)',
          () => plotTaskStates(experiment),
        ),
      ];
    },
  },
  {
    heading: 'Several engines',
    words: 'The same load on three engines, in turn, three times.',
    command: 'npx orchlab run quick --target dbos,pg-boss,graphile-worker --repeat 3 -s scheduler.poll_interval_secs=0.1',
    async run() {
      const config = await loadConfig('quick', { overrides: { scheduler: poll } });
      const { experiments } = await sweep(config, { vary: { target: ['dbos', 'pg-boss', 'graphile-worker'] }, seed: 1 });
      return [
        figure(
          'engines',
          'Side by side',
          'Where lines overlap, the figure does not tell the engines apart.',
          'plotTargets(experiments)',
          () => plotTargets(experiments),
        ),
        figure(
          'engines-ecdf',
          'Curves of several',
          'A curve an experiment, a colour an engine.',
          "plotLatencyEcdf(experiments, { color: 'target' })",
          () => plotLatencyEcdf(experiments, { color: 'target' }),
        ),
        figure(
          'engines-states',
          'Stacks of several',
          'What has no room in one panel stands side by side, on the same axes.',
          'plotTaskStates(experiments.slice(0, 3))',
          () => plotTaskStates(experiments.slice(0, 3)),
        ),
      ];
    },
  },
  {
    heading: 'Settings',
    words: 'Two engines with four numbers of places, three rounds of all in a random order each: how does throughput scale?',
    command:
      'npx orchlab sweep --runs 40 --tasks 5 --duration 0.05 --executor inline -s scheduler.poll_interval_secs=0.1 --vary scheduler.max_concurrent_dispatches=2,4,8,16 --vary target=pg-boss,graphile-worker',
    async run() {
      const config = createConfig({ workflows: 40, tasks_per_workflow: 5, duration: 0.05, executor: 'inline', scheduler: poll });
      const series = await sweep(config, {
        vary: { 'scheduler.max_concurrent_dispatches': [2, 4, 8, 16], target: ['pg-boss', 'graphile-worker'] },
        seed: 1,
      });
      return [
        figure(
          'sweep',
          'A figure by its settings',
          'Small dots are experiments, large ones their median; the curves are the Universal Scalability Law, fitted to them.',
          'plotSweep(series)',
          () => plotSweep(series),
        ),
      ];
    },
  },
  {
    heading: 'Before and after',
    words: 'Tasks in processes of their own, or inside the scheduler: ten rounds, each once in a round.',
    command: 'npx orchlab bench quick --target graphile-worker --runs 60 --a executor=process --b executor=inline',
    async run() {
      const [a, b] = await Promise.all((['process', 'inline'] as const).map(async (executor) => graphileWorker({ executor })));
      const comparison = compareSides(await bench({ config: a! }, { config: b! }));
      return [
        figure(
          'comparison',
          'Intervals against the margin',
          'A row a figure, with what can be said of it. Within the grey a difference does not matter.',
          'plotComparison(compareExperiments(a, b))',
          () => plotComparison(comparison!),
        ),
      ];
    },
  },
  {
    heading: 'Over time',
    words: 'One config, day by day (here minute by minute): from the 13th experiment on its task script took half as long again.',
    command: 'npx orchlab history quick',
    async run() {
      const experiments: Experiment[] = [];
      for (const [commit, seconds] of [['8c1f0a2', 0.1] as const, ['d94be37', 0.15] as const]) {
        const script = await taskScript(seconds);
        const config = await graphileWorker({ executor: 'process', script });
        for (let round = 0; round < 12; round++) experiments.push(await runExperiment(config, { environment: { ORCHLAB_COMMIT: commit } }));
      }
      return [
        figure(
          'history',
          'Where the level changed',
          'A dot an experiment, a line the level between two changes, the commits on the axis.',
          'plotHistory(historyOf(experiments))',
          () => plotHistory(historyOf(experiments, { figures: ['throughput.tasksPerSecond', 'response.p50', 'scheduler.rssBytesPeak'] })),
        ),
      ];
    },
  },
  {
    heading: 'Tasks that come after one another',
    words: 'One task, eight after it, and one that joins them: what does an engine need from the end of one to the begin of the next?',
    command: 'npx orchlab run --runs 60 --tasks 10 --duration 0.1 -s shape.fan_out_in=8 -s arrival.closed=3 -s executor=inline',
    async run() {
      const values = { workflows: 60, tasks_per_workflow: 10, duration: 0.1, shape: { fan_out_in: 8 }, arrival: { closed: 3 } };
      const experiment = await runExperiment(createConfig({ ...values, executor: 'inline' }, 'join'));
      return [
        figure(
          'gantt',
          'One run',
          'The run with the median makespan: orange is ready and not begun, blue the way that made the run as long as it was.',
          'plotGantt(experiment)',
          () => plotGantt(experiment),
        ),
        figure(
          'width',
          'All runs',
          'Tasks of a run in execution: the mean, a band that holds eight runs of ten, and dashed what the shape asks for.',
          'plotWidthOverTime(experiment)',
          () => plotWidthOverTime(experiment),
        ),
      ];
    },
  },
  {
    heading: 'Several workflows at once',
    words: 'A small, urgent workflow beside one that comes in bursts and fills every place.',
    command: 'npx orchlab run mixed --target pg-boss',
    async run() {
      const experiment = await runExperiment(await loadConfig('mixed', { overrides: { target: 'pg-boss' } }));
      return [
        figure(
          'latency-by-workflow',
          'Each by its response time',
          'Each step up is a tenth of the tasks that are left: the urgent ones hardly wait for the others.',
          'plotLatencyByWorkflow(experiment)',
          () => plotLatencyByWorkflow(experiment),
        ),
        figure(
          'running-by-workflow',
          'Tasks running at once',
          'The most in each window; dashed is how many a limit allows, where a workflow has one.',
          'plotRunningByWorkflow(experiment)',
          () => plotRunningByWorkflow(experiment),
        ),
      ];
    },
  },
  {
    heading: 'What an engine tells of itself',
    words: 'ork writes down what each loop of its scheduler took; any target in YAML can (`metrics`).',
    command: 'npx orchlab run standard --target ork -s scheduler.poll_interval_secs=0.1',
    async run() {
      const experiment = await runExperiment(await loadConfig('standard', { overrides: { target: 'ork', scheduler: poll } }));
      return [
        figure('metrics', 'The scheduler loop', 'Seconds and shares of its parts.', 'plotMetrics(experiment)', () =>
          plotMetrics(experiment),
        ),
      ];
    },
  },
];

async function graphileWorker(overrides: Partial<PerfConfigFile>): Promise<PerfConfig> {
  return loadConfig('quick', { overrides: { target: 'graphile-worker', workflows: 60, ...overrides } });
}

/** The path of a task script that takes so long, the same path whenever it is called: to orchlab it is the same script. */
async function taskScript(seconds: number): Promise<string> {
  const path = join(tmpdir(), 'orchlab-gallery-task.sh');
  const evidence = '[ -z "${ORCHLAB_EVIDENCE:-}" ] || echo "${run_id:-?} ${task_index:-?} ${EXECUTION_ID:-?}" >>"$ORCHLAB_EVIDENCE"';
  await writeFile(path, `#!/bin/sh\n${evidence}\nexec sleep ${seconds}\n`, { mode: 0o755 });
  return path;
}

function figure(name: string, heading: string, words: string, call: string, draw: () => Plot): Figure {
  return { name, heading, words, call, draw };
}

const docs = new URL('../docs/', import.meta.url);
const pictures = new URL('images/gallery/', docs);
await mkdir(pictures, { recursive: true });
const page = [
  '# Gallery',
  'Every kind of picture that orchlab draws, from real experiments on a small machine with two cores. Each is one call on an experiment; in',
  'notebooks, reports and rendered pages they are live: hover for values, click a legend entry to see it alone, drag and zoom in time.',
  'Made by `npx node scripts/make-gallery.ts` (with ork, see `perf-configs/targets/ork.yaml`).',
  '',
  'Every plot takes one experiment or several. Of several, curves share a panel, coloured by what `color` tells apart; stacks stand side by',
  "side, and so do curves by what `facet` tells apart: `'target'`, `'config'` (its name, and in what configs of one name differ),",
  "`'experiment'`, or `'label'`, which is what `label: (experiment) => string` calls each. `width`, `height`, `title` and `palette` (CSS colours",
  'by what the legend calls things) are the same for all.',
];
const [only] = process.argv.slice(2);
for (const { heading, words, command, run } of chapters.filter((chapter) => only === undefined || chapter.heading === only)) {
  page.push('', `## ${heading}`, '', words, '', `    ${command}`);
  for (const { name, heading: title, words: sentence, call, draw } of await run()) {
    const svg = plotToSvg(draw());
    await writeFile(new URL(`${name}.png`, pictures), svgToSmallPng(svg, { scale: 1.5 }));
    page.push('', `### ${title}`, '', `${sentence} \`show(${call})\``, '', `![${sentence}](images/gallery/${name}.png)`);
  }
}
page.splice(1, 0, '');
const text = `${page.join('\n')}\n`;
if (only === undefined) await writeFile(new URL('gallery.md', docs), text);
else process.stdout.write(text);
