import { describe, expect, test } from 'vitest';
import type { Plot } from '../../src/plots/plot.ts';
import type { SpecPart } from '../../src/plots/plot-frame.ts';
import type { OneOrMore } from '../../src/plots/plot-options.ts';
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
import { plotToPng, plotToSvg } from '../../src/report/render-plot.ts';
import { vegaRuntime } from '../../src/report/vega-runtime.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';
import { evenly, queueExperiment } from '../support/queue.ts';

const time = 'time in the phase (ms and s, log scale)';
const seconds = 'seconds since the first submission';

/** Every plot, and the axis titles that it must show. */
const plots: Readonly<Record<string, readonly [draw: (experiments: OneOrMore) => Plot, axes: readonly string[]]>> = {
  latency: [plotLatency, [time, 'tasks']],
  ecdf: [plotLatencyEcdf, [time, 'share of tasks (%)']],
  'ecdf-tail': [(experiments) => plotLatencyEcdf(experiments, { axis: 'tail' }), [time, 'share of tasks (%, tail stretched)']],
  'latency-over-time': [plotLatencyOverTime, [seconds, 'response time (seconds)']],
  'schedule-lag': [plotScheduleLag, [seconds, 'schedule lag: sent - due (ms)']],
  throughput: [plotThroughput, [seconds, 'finished tasks/s', 'submitted runs/s']],
  resources: [plotResources, [seconds, 'RSS (MB)', 'CPU (% of a core)', 'worker processes']],
  'task-states': [plotTaskStates, [seconds, 'tasks that have not ended', 'tasks that have ended']],
  postgres: [
    plotPostgres,
    [seconds, 'connections in use', 'idle connections', 'commits/s', 'WAL (MB/s)', 'dead tuples in the tables', 'size of the tables (MB)'],
  ],
  host: [plotHost, [seconds, 'CPU (% of 2 cores)', 'load average', 'memory left (GB)']],
};

const small = { runs: 4, tasksPerRun: 3, slots: 4, sampleInterval: 0.2, failures: 1 };

/** Two engines with the same load. */
const two = ['dbos', 'pg-boss'].map((target, index) => buildExperiment({ ...small, target, seed: index + 1 }));

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

  test('of two experiments is the spec on file', async () => {
    await expect(`${JSON.stringify(drawPlot(two), null, 1)}\n`).toMatchFileSnapshot(`specs/${name}-of-two.vl.txt`);
  });

  test('of two experiments draws both, by name, and the units of its axes', () => {
    const texts = textsOf(draw(drawPlot(two)));
    expect(texts).toEqual(expect.arrayContaining(['dbos', 'pg-boss']));
    expect(texts.join(' ')).toContain('2 experiments, standard on dbos 5.3.0, pg-boss 5.3.0: 4 runs of 3 tasks, 0.1 s each');
    for (const axis of axes) expect(texts.join(' ')).toContain(axis.replace(time, 'time (ms and s, log scale)').split(' (')[1] ?? axis);
    expect(JSON.stringify(drawPlot(two))).not.toMatch(/NaN|Infinity/);
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

interface Panels {
  readonly datasets: Readonly<Record<string, readonly Readonly<Record<string, number | null>>[]>>;
  readonly vconcat: readonly { readonly layer: readonly { readonly encoding: Readonly<Record<string, SpecPart>> }[] }[];
}

describe('the distribution', () => {
  interface Line {
    readonly layer: readonly {
      readonly data: { readonly values: readonly Readonly<Record<'series' | 'curve', string> & Record<'seconds' | 'share', number>>[] };
    }[];
  }

  test.each([
    ['of few tasks', buildExperiment(small)],
    ['of so many that its line is thinned', buildExperiment({ runs: 1000, tasksPerRun: 10, durationSeconds: 0.02 })],
  ])('%s has its percentiles on the line', (_, experiment) => {
    const { layer } = plotLatencyEcdf(experiment) as unknown as Line;
    const [lines = [], dots = []] = layer.map(({ data }) => data.values);
    expect(dots.length).toBeGreaterThan(10);
    for (const dot of dots) {
      const line = lines.filter(({ series }) => series === dot.series);
      const risesTo = line.findLast(({ seconds: at }) => at === dot.seconds)?.share ?? Number.NaN;
      const risesFrom = line.findLast(({ seconds: at }) => at < dot.seconds)?.share ?? 0;
      // A step goes straight up at its time: from what the one before it came to.
      expect(dot.share).toBeLessThanOrEqual(risesTo);
      expect(dot.share).toBeGreaterThan(risesFrom - 1e-6);
    }
  });

  test('is no larger for many tasks', () => {
    const { layer } = plotLatencyEcdf(large()) as unknown as Line;
    for (const name of ['wait', 'response time']) {
      const count = layer[0]?.data.values.filter(({ series }) => series === name).length ?? 0;
      expect(count).toBeLessThanOrEqual(123);
    }
  });
});

describe('a stall', () => {
  const stalled = queueExperiment({
    places: 20,
    serviceMs: 20,
    dueMs: evenly(50, 0, 15),
    stall: { fromMs: 7000, toMs: 9000 },
    arrival: { constant: 50 },
  });

  test('is marked where it was, and said', () => {
    for (const drawPlot of [plotLatencyOverTime, plotThroughput, plotTaskStates]) {
      const plot = drawPlot(stalled);
      expect(JSON.stringify(plot)).toContain('"stallFrom":7,"stallTo":8.999');
      expect(subtitles(plot)).toContain(
        'Red band: a stall from 7 s to 9 s: nothing was dispatched, started or ended while 100 tasks waited.',
      );
      expect(draw(plot)).not.toMatch(/NaN|undefined/);
    }
    expect(subtitles(plotThroughput(buildExperiment()))).not.toContain('stall');
  });

  test('after the last run was due is on no axis of due times, which ends there', () => {
    const late = queueExperiment({
      places: 20,
      serviceMs: 500,
      dueMs: evenly(80, 0, 5),
      stall: { fromMs: 7000, toMs: 11_000 },
      arrival: { constant: 80 },
    });
    expect(JSON.stringify(plotTaskStates(late))).toMatch(/"stallFrom":6\.73[78],"stallTo":11\b/);
    for (const drawPlot of [plotLatencyOverTime, plotScheduleLag]) {
      expect(JSON.stringify(drawPlot(late))).not.toContain('stallFrom');
      expect(subtitles(drawPlot(late))).not.toContain('stall');
      expect(plotToPng(drawPlot(late)).length).toBeGreaterThan(1000);
    }
  });

  test('shows in the response time of those who were due in it', () => {
    const { datasets } = plotLatencyOverTime(stalled) as unknown as Panels;
    const maxFrom = (from: number): number => datasets['windows']?.findLast((row) => (row['seconds'] ?? 0) <= from)?.['max'] ?? Number.NaN;
    expect(maxFrom(5)).toBeCloseTo(0.021, 3);
    // Due as it begins, they wait for two seconds; a second later for one.
    expect(maxFrom(7)).toBeGreaterThan(1.9);
    expect(maxFrom(8)).toBeLessThan(1.2);
    expect(maxFrom(10)).toBeCloseTo(0.021, 3);
    const byEnd = plotLatencyOverTime(stalled, { by: 'finished' }) as unknown as Panels;
    const finished = byEnd.datasets['windows']?.find((row) => row['seconds'] === 9)?.['max'];
    expect(finished).toBeGreaterThan(1.9);
  });
});

describe('Postgres', () => {
  test('has no colour that means two things', () => {
    const { vconcat } = plotPostgres(buildExperiment()) as unknown as Panels;
    const { domain, range } = (vconcat[0]?.layer[0]?.encoding['color']?.['scale'] ?? {}) as { domain: string[]; range: string[] };
    const { values } = (vconcat[0]?.layer[0]?.encoding['color']?.['legend'] ?? {}) as { values: string[] };
    expect(values).toEqual(['on CPU', 'IO WalSync', 'LWLock WALWrite', 'idle in transaction']);
    const inLegend = values.map((name) => range[domain.indexOf(name)]);
    expect(new Set(inLegend).size).toBe(values.length);
    // Panels of one series, which their titles name, have one colour, and no connection has it.
    const others = new Set(range.filter((_, index) => !values.includes(domain[index] ?? '')));
    expect(others.size).toBe(1);
    for (const color of others) expect(inLegend).not.toContain(color);
  });

  test('has idle connections on a scale of their own', () => {
    const { datasets } = plotPostgres(buildExperiment()) as unknown as Panels;
    expect(Object.keys(datasets['connections']?.[0] ?? {})).not.toContain('idle');
    expect(new Set(datasets['idle']?.map((row) => row['idle']))).toEqual(new Set([10]));
  });

  test('draws no line through a few readings', () => {
    const experiment = buildExperiment();
    const sparse = replaceTables(experiment, {
      postgres: (experiment.postgres.objects({ limit: Infinity }) as Row<'postgres'>[]).map((row, index) =>
        index % 15 === 0 ? row : { ...row, deadTuples: Number.NaN, tablesBytes: Number.NaN },
      ),
    });
    const markOf = (plot: Plot): unknown => JSON.stringify(plot).match(/"name":"dead_marks".*?"mark":\{"type":"(\w+)"/)?.[1];
    expect(markOf(plotPostgres(sparse))).toBe('point');
    expect(markOf(plotPostgres(experiment))).toBe('line');
  });
});

describe('memory', () => {
  const experiment = buildExperiment();
  const withPss = replaceTables(experiment, {
    processes: (experiment.processes.objects({ limit: Infinity }) as Row<'processes'>[]).map((row) =>
      row.role === 'driver' ? row : { ...row, pssBytes: row.rssBytes / 4 },
    ),
  });
  const largest = (plot: Plot, role: string): number =>
    Math.max(...((plot as unknown as Panels).datasets['memory'] ?? []).map((row) => row[role] ?? 0));

  test('is PSS where it is known, and what it is is said', () => {
    const [rss, pss] = [plotResources(experiment), plotResources(withPss)];
    for (const role of ['scheduler', 'postgres', 'workers']) expect(largest(pss, role)).toBeCloseTo(largest(rss, role) / 4, 1);
    expect(largest(pss, 'driver')).toBe(largest(rss, 'driver'));
    expect(textsOf(draw(pss))).toContain('memory: PSS or RSS (MB)');
    expect(subtitles(pss).replaceAll('\n', ' ')).toContain(
      'Of driver it is RSS, which counts memory that processes share in each of them.',
    );
    expect((pss.title as { text: string }).text).toMatch(/^Scheduler: at most 33\.6 MB PSS, /);
  });
});

test('task states have those that have not ended on a scale of their own, and ended ones apart', () => {
  const experiment = buildExperiment({ failures: 30 });
  const { datasets } = plotTaskStates(experiment) as unknown as Panels;
  const sum = (row: Readonly<Record<string, number | null>> | undefined): number =>
    Object.entries(row ?? {}).reduce((total, [name, value]) => (name === 'seconds' ? total : total + (value ?? 0)), 0);
  expect(Object.keys(datasets['open']?.[0] ?? {})).toEqual(['seconds', 'pending', 'dispatched', 'running']);
  expect(datasets['ended']?.at(-1)).toMatchObject({ finished: 470, failed: 30 });
  expect(sum(datasets['open']?.at(-1))).toBe(0);
  expect(datasets['open']).toHaveLength(120);
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
      "host": "Host: CPU at most 87 % busy",
      "latency": "Response time: half of the finished tasks within 1.68 s, 99 % within 3.24 s",
      "latency-over-time": "Response time over time: the slowest took 3.29 s",
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

test('options: width, height, title, window, roles', () => {
  const experiment = buildExperiment();
  const sized = plotTaskStates(experiment, { width: 300, height: 100, title: 'Mine' }) as unknown as {
    readonly vconcat: readonly { readonly width: number; readonly height: number }[];
  };
  expect(sized).toMatchObject({ title: { text: 'Mine' } });
  expect(sized.vconcat.map(({ width, height }) => [width, height])).toEqual([
    [300, 100],
    [300, 35],
  ]);
  expect(plotLatencyOverTime(experiment, { width: 300, height: 100 })).toMatchObject({ width: 300, height: 100 });
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
