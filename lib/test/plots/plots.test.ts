import { describe, expect, test } from 'vitest';
import type { Plot } from '../../src/plots/plot.ts';
import { isPlot } from '../../src/plots/plot.ts';
import { plotHost } from '../../src/plots/plot-host.ts';
import { plotLatency } from '../../src/plots/plot-latency.ts';
import { plotLatencyEcdf } from '../../src/plots/plot-latency-ecdf.ts';
import { plotLatencyOverTime } from '../../src/plots/plot-latency-over-time.ts';
import { plotPostgres } from '../../src/plots/plot-postgres.ts';
import { plotScheduleLag } from '../../src/plots/plot-schedule-lag.ts';
import { plotResources } from '../../src/plots/plot-resources.ts';
import { plotTaskStates } from '../../src/plots/plot-task-states.ts';
import { plotThroughput } from '../../src/plots/plot-throughput.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { vegaRuntime } from '../../src/report/vega-runtime.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';

const time = 'time in the phase (ms and s, log scale)';
const seconds = 'seconds since the first submission';

/** Every plot, and the axis titles that it must show. */
const plots: Readonly<Record<string, readonly [draw: (experiment: Experiment) => Plot, axes: readonly string[]]>> = {
  latency: [plotLatency, [time, 'tasks']],
  ecdf: [plotLatencyEcdf, [time, 'share of tasks (%)']],
  'ecdf-tail': [(experiment) => plotLatencyEcdf(experiment, { axis: 'tail' }), [time, 'share of tasks (%, tail stretched)']],
  'latency-over-time': [plotLatencyOverTime, [seconds, 'response time (seconds)']],
  'schedule-lag': [plotScheduleLag, [seconds, 'schedule lag: sent - due (ms)']],
  throughput: [plotThroughput, [seconds, 'finished tasks/s', 'submitted runs/s']],
  resources: [plotResources, [seconds, 'RSS (MB)', 'CPU (% of a core)', 'worker processes']],
  'task-states': [plotTaskStates, [seconds, 'tasks']],
  postgres: [
    plotPostgres,
    [
      seconds,
      'connections',
      'active connections by wait event',
      'commits/s',
      'WAL (MB/s)',
      'dead tuples in the tables',
      'size of the tables (MB)',
    ],
  ],
  host: [plotHost, [seconds, 'CPU (% of 2 cores)', 'load average', 'memory left (GB)']],
};

const small = { runs: 4, tasksPerRun: 3, slots: 4, sampleInterval: 0.2, failures: 1 };

/** The plot as SVG; fails on anything that Vega-Lite or Vega complain about. */
function draw(plot: Plot): string {
  const complaints: string[] = [];
  const note = (...words: readonly unknown[]): unknown => (complaints.push(words.join(' ')), logger);
  const logger = { level: () => logger, warn: note, error: note, info: () => logger, debug: () => logger };
  const { vega, vegaLite } = vegaRuntime();
  const view = new vega.View(vega.parse(vegaLite.compile(plot, { logger: logger as never }).spec), {
    renderer: 'none',
    logger: logger as never,
  });
  view.run().finalize();
  // Dragging listens to the window, which there is none of here.
  expect(complaints.filter((complaint) => complaint !== 'Can not resolve event source: window')).toEqual([]);
  return plotToSvg(plot);
}

function textsOf(svg: string): readonly string[] {
  return Array.from(svg.matchAll(/<t(?:ext|span)[^>]*>([^<]+)</g), ([, text = '']) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>'));
}

function subtitles(plot: Plot): string {
  return (plot.title as { subtitle: readonly string[] }).subtitle.join('\n');
}

describe.each(Object.entries(plots))('%s', (name, [drawPlot, axes]) => {
  test('is the spec on file', async () => {
    await expect(`${JSON.stringify(drawPlot(buildExperiment(small)), null, 1)}\n`).toMatchFileSnapshot(`specs/${name}.vl.txt`);
  });

  test('draws with its title, the experiment and the units of its axes', () => {
    const plot = drawPlot(buildExperiment());
    expect(isPlot(plot)).toBe(true);
    expect((plot as { $schema: string }).$schema).toBe('https://vega.github.io/schema/vega-lite/v5.json');
    const texts = textsOf(draw(plot));
    for (const axis of axes) expect(texts).toContain(axis);
    expect(texts).toContain((plot.title as { text: string }).text);
    expect(texts).toContain('standard on dbos 5.3.0: 100 runs of 5 tasks, 0.1 s each, 2026-11-23 10:00 UTC');
  });

  test.runIf(axes.includes(seconds))('says that its seconds begin after the warm-up', () => {
    const { manifest, ...tables } = buildExperiment();
    const warmed = { ...tables, manifest: { ...manifest, config: { ...manifest.config, warm_up_seconds: 2 } } };
    const texts = textsOf(draw(drawPlot(warmed)));
    expect(texts).toContain(`${seconds} after the warm-up`);
    expect(texts).not.toContain(seconds);
  });

  test('survives an experiment that recorded nothing', () => {
    const nothing = { tasks: [], runs: [], processes: [], counts: [], postgres: [], host: [] };
    const plot = drawPlot(replaceTables(buildExperiment(small), nothing));
    expect(textsOf(draw(plot))).toContain('nothing was recorded');
  });

  test.each([
    ['one task', buildExperiment({ runs: 1, tasksPerRun: 1 })],
    ['one task of no time', wholeMilliseconds(buildExperiment({ runs: 1, tasksPerRun: 1, durationSeconds: 0 }))],
    ['a phase of zeros', wholeMilliseconds(buildExperiment())],
    ['an engine that records no dispatch', withTasks(buildExperiment(), (task) => ({ ...task, dispatchedMs: Number.NaN }))],
    ['no task finished', buildExperiment({ ...small, failures: 0, lost: 12, status: 'timed-out' })],
    ['one sample', oneSample(buildExperiment())],
  ])('draws %s without a broken number', (_, experiment) => {
    const plot = drawPlot(experiment);
    expect(JSON.stringify(plot)).not.toMatch(/NaN|Infinity/);
    expect(draw(plot)).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('refuses to grow with the load', () => {
    const plot = drawPlot(large());
    expect(JSON.stringify(plot).length).toBeLessThan(120_000);
    expect(plotToSvg(plot).length).toBeLessThan(350_000);
  });
});

test('the histogram shows every finished task once a phase', () => {
  const { vconcat } = plotLatency(buildExperiment({ failures: 20, lost: 5 })) as unknown as {
    vconcat: readonly { layer: readonly [{ data: { values: readonly { tasks: number }[] } }] }[];
  };
  const sums = vconcat.map((panel) => panel.layer[0].data.values.reduce((sum, bar) => sum + bar.tasks, 0));
  expect(sums).toEqual([475, 475, 475, 475, 475, 475]);
});

describe('runs that come by a schedule', () => {
  const open = buildExperiment({ runs: 200, sendSeconds: 20 });

  test('show response time, and how it counts in a closed loop', () => {
    expect(textsOf(draw(plotLatency(open)))).toContain('response time: due to finished');
    expect(textsOf(draw(plotLatencyEcdf(open)))).toContain('response time');
    const { manifest } = open;
    const closed = { ...open, manifest: { ...manifest, config: { ...manifest.config, arrival: { closed: 5 } } } };
    expect(textsOf(draw(plotLatency(closed)))).toEqual(
      expect.arrayContaining(['response time: sent to finished', 'submission: sent to created']),
    );
    expect((plotLatencyOverTime(open, { phase: 'response' }).title as { text: string }).text).toMatch(/^Response time over time/);
  });

  test('have their steady part shaded; a burst has none', () => {
    for (const drawPlot of [plotThroughput, plotLatencyOverTime]) {
      expect(subtitles(drawPlot(open))).toMatch(/Shaded: the steady part, [\d.]+ s to 19\.9 s \(MSER-5\)/);
      expect(JSON.stringify(drawPlot(open))).toContain('"steadyFrom"');
      expect(draw(drawPlot(open))).not.toMatch(/NaN|undefined/);
      expect(subtitles(drawPlot(buildExperiment()))).not.toContain('Shaded');
    }
  });
});

test('titles say what is seen', () => {
  const experiment = buildExperiment({ failures: 30 });
  const titles = Object.entries(plots).map(([name, [drawPlot]]) => [name, (drawPlot(experiment).title as { text: string }).text]);
  expect(Object.fromEntries(titles)).toMatchInlineSnapshot(`
    {
      "ecdf": "Share of finished tasks by response time: 90 % within 2.96 s, all within 3.29 s",
      "ecdf-tail": "Share of finished tasks by response time: 90 % within 2.96 s, all within 3.29 s",
      "host": "Host: CPU at most 97.1 % busy",
      "latency": "Response time: half of the finished tasks within 1.68 s, 99 % within 3.24 s",
      "latency-over-time": "Response time over time: the slowest took 3.08 s",
      "postgres": "Postgres: 6,160 commits",
      "resources": "Scheduler: at most 134 MB RSS, 49.3 % of a core on average",
      "schedule-lag": "Schedule lag: runs were sent at most 198 ms late",
      "task-states": "Tasks by state: at most 460 tasks pending at once",
      "throughput": "Throughput: 143 tasks/s on average",
    }
  `);
});

test('times under the step of the clock are said to be so', () => {
  const experiment = wholeMilliseconds(buildExperiment());
  expect(subtitles(plotLatency(experiment))).toContain('The leftmost bar holds all times under 1 ms, too short to be told apart.');
  expect(textsOf(plotToSvg(plotLatency(experiment)))).toContain('p50 under 1 ms, p90 under 1 ms, p99 under 1 ms');
  expect(subtitles(plotLatency(buildExperiment()))).not.toContain('leftmost');
});

test('an experiment that was cut short says so', () => {
  expect(subtitles(plotTaskStates(buildExperiment({ ...small, status: 'interrupted' })))).toMatch(/UTC, interrupted$/);
});

test('options: width, title, window, roles', () => {
  const experiment = buildExperiment();
  expect(plotTaskStates(experiment, { width: 300, title: 'Mine' })).toMatchObject({ width: 300, title: { text: 'Mine' } });
  expect(subtitles(plotThroughput(experiment, { windowSeconds: 2 }))).toContain('Windows of 2 s');
  const { datasets } = plotResources(experiment, { roles: ['scheduler'] }) as unknown as { datasets: Record<string, readonly object[]> };
  expect(Object.keys(datasets)).toEqual(['memory', 'cpu']);
  expect(Object.keys(datasets['memory']?.[0] ?? {})).toEqual(['seconds', 'scheduler']);
});

function withTasks(experiment: Experiment, change: (task: Row<'tasks'>) => Row<'tasks'>): Experiment {
  return replaceTables(experiment, { tasks: (experiment.tasks.objects({ limit: Infinity }) as Row<'tasks'>[]).map(change) });
}

/** As DBOS records them, with a dispatch that takes no time. */
function wholeMilliseconds(experiment: Experiment): Experiment {
  return withTasks(experiment, (task) => ({
    ...task,
    createdMs: Math.floor(task.createdMs),
    dispatchedMs: Math.floor(task.dispatchedMs),
    startedMs: Math.floor(task.dispatchedMs),
    finishedMs: Math.floor(task.finishedMs),
  }));
}

function oneSample(experiment: Experiment): Experiment {
  return replaceTables(experiment, {
    processes: experiment.processes.objects({ limit: 4 }) as Row<'processes'>[],
    postgres: experiment.postgres.objects({ limit: 1 }) as Row<'postgres'>[],
    host: experiment.host.objects({ limit: 1 }) as Row<'host'>[],
  });
}

let largest: Experiment | undefined;

/** 100,000 tasks over four minutes. */
function large(): Experiment {
  return (largest ??= buildExperiment({ runs: 10_000, tasksPerRun: 10, durationSeconds: 0.02 }));
}
