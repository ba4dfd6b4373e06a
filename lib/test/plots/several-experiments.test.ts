import { describe, expect, it } from 'vitest';
import type { Plot } from '../../src/plots/plot.ts';
import { labelExperiments } from '../../src/plots/label-experiments.ts';
import { plotLatencyEcdf } from '../../src/plots/plot-latency-ecdf.ts';
import { plotLatencyOverTime } from '../../src/plots/plot-latency-over-time.ts';
import { plotLatency } from '../../src/plots/plot-latency.ts';
import { plotPostgres } from '../../src/plots/plot-postgres.ts';
import { plotResources } from '../../src/plots/plot-resources.ts';
import { plotTaskStates } from '../../src/plots/plot-task-states.ts';
import { plotThroughput } from '../../src/plots/plot-throughput.ts';
import { colorsOfMany, seriesColors } from '../../src/plots/theme.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import { buildExperiment } from '../support/build-experiment.ts';

const small = { runs: 10, tasksPerRun: 5 };
const dbos = buildExperiment({ ...small, target: 'dbos' });
const again = buildExperiment({ ...small, target: 'dbos', seed: 2 });
const boss = buildExperiment({ ...small, target: 'pg-boss', seed: 3 });

/** With another value of an option. */
function withSlots(experiment: Experiment, slots: number): Experiment {
  const { manifest } = experiment;
  const scheduler = { ...manifest.config.scheduler, max_concurrent_dispatches: slots };
  return { ...experiment, manifest: { ...manifest, config: { ...manifest.config, scheduler } } };
}

function namesOf(experiments: readonly Experiment[], ...rest: readonly [options?: object, by?: never]): readonly string[] {
  return labelExperiments(experiments, rest[0] ?? {}, rest[1]).map(({ name }) => name);
}

/** Every `domain` of the colours in a spec, once. */
function colorDomains(plot: Plot): readonly unknown[] {
  const found = new Set<string>();
  JSON.stringify(plot, (key, value: { scale?: { domain?: unknown } } | undefined) => {
    if (key === 'color' && value?.scale?.domain) found.add(JSON.stringify(value.scale.domain));
    return value;
  });
  return [...found].map((domain) => JSON.parse(domain) as unknown);
}

interface Faceted {
  readonly title: { readonly text: string | readonly string[]; readonly subtitle: readonly string[] };
  readonly concat: readonly {
    readonly title: { readonly text: string };
    readonly vconcat: readonly {
      readonly width: number;
      readonly height: number;
      readonly layer: readonly { readonly encoding: { readonly y: { readonly scale: { readonly domain: readonly number[] } } } }[];
    }[];
  }[];
  readonly datasets: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>;
}

describe('what experiments are called', () => {
  it('is what tells them apart: target, version, config, options, else their own name', () => {
    expect(namesOf([dbos, boss])).toEqual(['dbos', 'pg-boss']);
    expect(namesOf([dbos, withSlots(dbos, 5)])).toEqual(['max_concurrent_dispatches 20', 'max_concurrent_dispatches 5']);
    expect(namesOf([dbos, withSlots(dbos, 5), boss])).toEqual([
      'dbos, max_concurrent_dispatches 20',
      'dbos, max_concurrent_dispatches 5',
      'pg-boss, max_concurrent_dispatches 20',
    ]);
    expect(namesOf([dbos, buildExperiment({ ...small, config: 'other' })])).toEqual(['standard', 'other']);
    const newer = { ...dbos, manifest: { ...dbos.manifest, target: { ...dbos.manifest.target, version: '6.0' } } };
    expect(namesOf([dbos, newer])).toEqual(['dbos 5.3.0', 'dbos 6.0']);
    expect(namesOf([dbos])).toEqual([dbos.name]);
  });

  it('is numbered where repetitions have the same label', () => {
    expect(namesOf([dbos, boss, again])).toEqual(['dbos (1)', 'pg-boss', 'dbos (2)']);
  });

  it('is what one says it is', () => {
    const label = ({ manifest }: Experiment): string => `on ${manifest.target.name}`;
    expect(namesOf([dbos, boss], { label })).toEqual(['on dbos', 'on pg-boss']);
    expect(() => plotThroughput([dbos, boss], { color: 'label' })).toThrow(/expected label, a function/);
  });
});

describe('curves of several experiments', () => {
  it('share a panel, a colour each; repetitions share theirs', () => {
    expect(colorDomains(plotThroughput([dbos, boss]))).toEqual([['dbos', 'pg-boss']]);
    const plot = plotThroughput([dbos, boss, again]);
    expect(colorDomains(plot)).toEqual([['dbos', 'pg-boss']]);
    const { datasets } = plot as unknown as Faceted;
    expect(Object.keys(datasets['finished']?.[0] ?? {})).toEqual(['seconds', 'dbos (1)', 'pg-boss', 'dbos (2)']);
    expect(plotToSvg(plot)).not.toMatch(/NaN|undefined/);
  });

  it('are of the response time, all tasks at its end', () => {
    const plot = plotLatencyEcdf([dbos, boss]) as unknown as {
      layer: readonly { data: { values: readonly { series: string; share: number }[] } }[];
    };
    const lines = plot.layer[0]?.data.values ?? [];
    for (const name of ['dbos', 'pg-boss']) expect(lines.findLast(({ series }) => series === name)?.share).toBe(1);
  });

  it('of histograms are percent of the tasks of each', () => {
    const { concat } = { concat: [] as readonly unknown[], ...plotLatency([dbos, boss], { facet: 'target' }) } as unknown as {
      concat: readonly { vconcat: readonly { data: { values: readonly { percent: number; from: number; series: string }[] } }[] }[];
    };
    expect(concat.map(({ vconcat }) => vconcat.length)).toEqual([6, 6]);
    expect(concat.map(({ vconcat }) => new Set(vconcat[0]?.data.values.map(({ series }) => series)))).toEqual([
      new Set(['dbos']),
      new Set(['pg-boss']),
    ]);
  });

  it('stand side by side by one thing, and are coloured by another', () => {
    const sweep = [dbos, withSlots(dbos, 5), boss, withSlots(boss, 5)];
    const plot = plotLatencyOverTime(sweep, { facet: 'target', color: 'config' });
    const { concat } = plot as unknown as Faceted;
    expect(concat.map(({ title }) => title.text)).toEqual(['dbos', 'pg-boss']);
    expect(colorDomains(plot)).toEqual([['max_concurrent_dispatches 20', 'max_concurrent_dispatches 5']]);
    expect(plotToSvg(plot)).not.toMatch(/NaN|undefined/);
    expect(plotToSvg(plotLatencyEcdf(sweep, { facet: 'target', color: 'config' }))).toContain('max_concurrent_dispatches 5');
  });

  it('say in what their configs differ, also where their names do not', () => {
    const { title } = plotThroughput([dbos, withSlots(boss, 5)]) as unknown as Faceted;
    expect(title.subtitle.join(' ')).toContain('Their configs differ in scheduler.max_concurrent_dispatches.');
  });
});

describe('stacks of several experiments', () => {
  const { title, concat, datasets } = plotTaskStates([dbos, boss], { width: 500, height: 100 }) as unknown as Faceted;

  it('stand side by side on the same axes', () => {
    expect(concat.map((facet) => facet.title.text)).toEqual(['dbos', 'pg-boss']);
    expect(concat.map(({ vconcat }) => vconcat.map(({ width, height }) => [width, height]))).toEqual(
      [0, 1].map(() => [
        [217, 100],
        [217, 35],
      ]),
    );
    const tops = concat.map(({ vconcat }) => vconcat.map(({ layer }) => layer[0]?.encoding.y.scale.domain));
    expect(tops[0]).toEqual(tops[1]);
    const stack = ({ pending = 0, dispatched = 0, running = 0 }: Readonly<Record<string, number>>): number =>
      pending + dispatched + running;
    const highest = Math.max(...['open1', 'open2'].flatMap((name) => datasets[name] ?? []).map(stack));
    expect(tops[0]?.[0]).toEqual([0, highest]);
    expect(tops[0]?.[1]).toEqual([0, 50]);
  });

  it('have their figures in the title, by name', () => {
    expect([title.text].flat().join(' ')).toMatch(/^Tasks by state: at most pending at once: \d+ tasks \(dbos\), \d+ tasks \(pg-boss\)$/);
  });

  it.each([plotPostgres, plotResources])('of samples too', (plot) => {
    const spec = plot([dbos, boss]) as unknown as Faceted;
    expect(spec.concat).toHaveLength(2);
    expect(new Set(spec.concat.map(({ vconcat }) => JSON.stringify(vconcat.map(({ layer }) => layer[0]?.encoding.y.scale)))).size).toBe(1);
    expect(spec.concat[0]?.vconcat[0]?.layer[0]?.encoding.y.scale.domain?.[0]).toBe(0);
  });
});

it('colours are six that differ, and of more things a scale', () => {
  expect(colorsOfMany(6)).toEqual(seriesColors);
  const many = colorsOfMany(9);
  expect(new Set(many).size).toBe(9);
  for (const color of many) expect(color).toMatch(/^#[\da-f]{6}$/);
});

it('colours are what one says they are', () => {
  const plot = JSON.stringify(plotThroughput([dbos, boss], { palette: { dbos: 'black', nobody: 'red' } }));
  expect(plot).toContain(`"range":["black","${seriesColors[1]}"]`);
  expect(JSON.stringify(plotResources(dbos, { palette: { scheduler: 'black' } }))).toContain('"range":["black"');
});

it('none is an error', () => {
  expect(() => plotThroughput([])).toThrow(RangeError);
  expect(() => plotThroughput([])).toThrow('plotThroughput: expected at least one experiment, got none');
});
