import { describe, expect, it } from 'vitest';
import { resourceFigures, resourcesOf } from '../../src/analysis/resources.ts';
import { targetsSideBySide } from '../../src/analysis/compare-targets.ts';
import { resourceSeries } from '../../src/analysis/resource-series.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { plotResources } from '../../src/plots/plot-resources.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { handmadeExperiment, reading, run } from '../support/handmade-experiment.ts';

const runs = [run(0, 1000, 1010)];
const times = { schedulerReadyMs: 500, drainedMs: 3200 };

describe('resourceFigures', () => {
  it('is of the time from readiness to the end of the drain', () => {
    const processes = [
      reading('scheduler', 0, { rss: 900, cpu: 0.1 }), // starting: not counted
      reading('scheduler', 1000, { rss: 100, cpu: 0.4 }),
      reading('scheduler', 2000, { rss: 300, cpu: 1.2 }),
      reading('scheduler', 3000, { rss: 250, cpu: 1.6 }),
      reading('scheduler', 3500, { rss: 120, cpu: 1.9 }), // the first after the drain: CPU up to here
      reading('scheduler', 4000, { rss: 800, cpu: 2.8 }), // shutting down: not counted
    ];
    const figures = resourceFigures(handmadeExperiment({ runs, processes, times }), 'scheduler');
    expect(figures).toMatchObject({ peakCount: 1, rssBytesStart: 100, rssBytesEnd: 250, rssBytesPeak: 300, rssBytesGrowth: 150 });
    expect(figures.cpuSeconds).toBeCloseTo(1.5, 12);
    expect(figures.cpuRatioMean).toBeCloseTo(1.5 / 2.5, 12);
    expect(figures.cpuRatioPeak).toBeCloseTo(0.8, 12);
  });

  it('takes the peak of CPU over a second at least', () => {
    // A clock tick of 10 ms at a sample makes 10 % of 100 ms: within any second there are two of them.
    const processes = Array.from({ length: 31 }, (_, index) =>
      reading('driver', 500 + index * 100, { rss: 1, cpu: 0.01 * Math.floor(index / 5) }),
    );
    const { cpuRatioPeak } = resourceFigures(handmadeExperiment({ runs, processes, times: { schedulerReadyMs: 500 } }), 'driver');
    expect(cpuRatioPeak).toBeCloseTo(0.02, 12);
  });

  it('takes the peak over the whole of a time shorter than a second', () => {
    const processes = [reading('driver', 600, { cpu: 1 }), reading('driver', 1100, { cpu: 1.2 })];
    const { cpuRatioPeak, cpuRatioMean } = resourceFigures(handmadeExperiment({ runs, processes, times }), 'driver');
    expect(cpuRatioPeak).toBeCloseTo(0.4, 12);
    expect(cpuRatioMean).toBeCloseTo(0.4, 12);
  });

  it('sums schedulers that were read at the same time, and keeps the CPU of one that ended', () => {
    const processes = [
      reading('scheduler', 1000, { rss: 100, cpu: 1, instance: 0 }),
      reading('scheduler', 1000, { rss: 10, cpu: 2, instance: 1 }),
      reading('scheduler', 2000, { rss: 110, cpu: 1.5, instance: 0 }),
      reading('scheduler', 2000, { rss: 20, cpu: 2.5, instance: 1 }),
      reading('scheduler', 3000, { rss: 120, cpu: 2, instance: 0 }),
    ];
    expect(resourceFigures(handmadeExperiment({ runs, processes, times }), 'scheduler')).toMatchObject({
      peakCount: 2,
      rssBytesStart: 110,
      rssBytesPeak: 130,
      // While both lived: what is left of one is no loss of memory.
      rssBytesEnd: 130,
      rssBytesGrowth: 20,
      cpuSeconds: 1.5,
    });
  });

  it('takes a counter that falls for one that began anew, and the memory of another process for no growth', () => {
    const processes = [1, 1.4, 0.2, 0.5].map((cpu, index) => reading('workers', 1000 + index * 500, { cpu, rss: 0, count: index }));
    const experiment = handmadeExperiment({ runs, processes, times });
    expect(resourceFigures(experiment, 'workers').cpuSeconds).toBeCloseTo(0.9, 9);
    expect(rounded(resourceSeries(experiment).array('cpuRatio'))).toEqual([Number.NaN, 0.8, 0.4, 0.6]);
    const died = [reading('scheduler', 1000, { rss: 90, cpu: 1 }), reading('scheduler', 1500, { rss: 95, cpu: 2 })];
    const dead = reading('scheduler', 2000, { rss: 0, cpu: 0, count: 0 });
    const ended = resourceFigures(handmadeExperiment({ runs, processes: [...died, dead], times }), 'scheduler');
    expect(ended).toMatchObject({ rssBytesEnd: 95, rssBytesGrowth: 5, cpuSeconds: 1 });
    const another = reading('scheduler', 2500, { rss: 30, cpu: 0.1 });
    const restarted = resourceFigures(handmadeExperiment({ runs, processes: [...died, dead, another], times }), 'scheduler');
    expect(restarted).toMatchObject({ rssBytesEnd: 30, rssBytesGrowth: Number.NaN });
    expect(restarted.cpuSeconds).toBeCloseTo(1.1, 9);
  });

  it('moves CPU that was told late to when the host had room for it', () => {
    // Four seconds' worth at once, on two cores.
    const processes = [0, 0, 0, 4].map((cpu, index) => reading('workers', 500 + index * 1000, { cpu, rss: 0 }));
    const experiment = handmadeExperiment({ runs, processes, times });
    expect(resourceFigures(experiment, 'workers')).toMatchObject({ cpuSeconds: 4, cpuRatioPeak: 2 });
    expect(rounded(resourceSeries(experiment).array('cpuRatio'))).toEqual([Number.NaN, 0, 2, 2]);
  });

  it('uses the nearest samples when none is within', () => {
    const processes = [reading('scheduler', 0, { rss: 70, cpu: 1 }), reading('scheduler', 100, { rss: 80, cpu: 2 })];
    const figures = resourceFigures(handmadeExperiment({ runs, processes, times }), 'scheduler');
    expect(figures).toMatchObject({ rssBytesStart: 80, rssBytesEnd: 80, rssBytesPeak: 80, cpuSeconds: 0, cpuRatioMean: Number.NaN });
  });

  it('takes the largest of the few readings of PSS', () => {
    const processes = [undefined, 40, undefined, 50, 45].map((pss, index) =>
      reading('workers', 1000 + 400 * index, { rss: 99, cpu: 0, ...(pss && { pss }) }),
    );
    expect(resourceFigures(handmadeExperiment({ runs, processes, times }), 'workers').pssBytesPeak).toBe(50);
  });

  it('has NaN for what was not sampled', () => {
    expect(Object.values(resourceFigures(handmadeExperiment({ runs }), 'postgres'))).toEqual(Array.from({ length: 9 }, () => Number.NaN));
  });
});

describe('resources', () => {
  it('has a row a role', () => {
    const processes = [reading('driver', 1000, { rss: 5, cpu: 0 }), reading('workers', 1000, { rss: 6, cpu: 0, count: 3 })];
    const table = resourcesOf(handmadeExperiment({ runs, processes, times }));
    expect(table.array('role')).toEqual(['scheduler', 'workers', 'postgres', 'driver', 'sampler']);
    expect(table.array('rssBytesPeak')).toEqual([Number.NaN, 6, Number.NaN, 5, Number.NaN]);
    expect(table.array('peakCount')).toEqual([Number.NaN, 3, Number.NaN, 1, Number.NaN]);
  });
});

it("has the target's further roles, those that it names and those that were sampled", () => {
  const processes = [reading('api', 1000, { rss: 5, cpu: 1 }), reading('api', 2000, { rss: 9, cpu: 1.5 })];
  const made = handmadeExperiment({ runs, processes, times });
  const experiment = { ...made, manifest: { ...made.manifest, target: { ...made.manifest.target, roles: ['broker'] } } };
  const table = resourcesOf(experiment);
  expect(table.array('role')).toEqual(['scheduler', 'workers', 'broker', 'api', 'postgres', 'driver', 'sampler']);
  expect(table.array('cpuSeconds')?.[3]).toBe(0.5);
  const summary = summarize(experiment);
  expect(summary.roles['api']).toMatchObject({ rssBytesPeak: 9, cpuSeconds: 0.5 });
  expect(summary.roles['broker']).toMatchObject({ rssBytesPeak: null });
  expect(textSummary(summary)).toMatch(/Api RSS peak .*: 0 KB \(0\.0 MB\)\n  Api CPU: 0\.50s/);
  expect(new Set(targetsSideBySide([experiment]).figures.map(({ figure }) => figure.title))).toContain('api CPU');
  expect(JSON.stringify(plotResources(experiment))).toContain('"api"');
});

describe('resourceSeries', () => {
  const processes = [
    reading('scheduler', 500, { rss: 1, cpu: 0 }),
    reading('driver', 500, { rss: 2, cpu: 0 }),
    reading('scheduler', 1000, { rss: 3, cpu: 0.1 }),
    reading('driver', 1000, { rss: 4, cpu: 0.5 }),
    reading('scheduler', 1500, { rss: 5, cpu: 0.4 }),
  ];
  const experiment = handmadeExperiment({ runs, processes, times });

  it('has a row a sample and role, since the first submission', () => {
    const table = resourceSeries(experiment);
    expect(table.array('seconds')).toEqual([-0.5, 0, 0.5, -0.5, 0]);
    expect(table.array('role')).toEqual(['scheduler', 'scheduler', 'scheduler', 'driver', 'driver']);
    expect(table.array('rssBytes')).toEqual([1, 3, 5, 2, 4]);
    expect(table.array('processCount')).toEqual([1, 1, 1, 1, 1]);
    expect(rounded(table.array('cpuRatio'))).toEqual([Number.NaN, 0.2, 0.6, Number.NaN, 1]);
  });

  it('takes CPU ratios over as long a time as is asked', () => {
    expect(rounded(resourceSeries(experiment, { cpuSpanSeconds: 1 }).array('cpuRatio'))).toEqual([
      Number.NaN,
      Number.NaN,
      0.4,
      Number.NaN,
      Number.NaN,
    ]);
  });
});

function rounded(values: ArrayLike<unknown>): number[] {
  return Array.from(values as ArrayLike<number>, (value) => Math.round(value * 1e9) / 1e9);
}
