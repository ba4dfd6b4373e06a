import { describe, expect, it } from 'vitest';
import type { PerfConfig } from '../../src/config/perf-config.ts';
import { backlog } from '../../src/analysis/backlog.ts';
import { steadyFigures } from '../../src/analysis/steady-figures.ts';
import { steadyState } from '../../src/analysis/steady-state.ts';
import { meanCount, stretchesOf } from '../../src/analysis/edges.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { handmadeExperiment, run, task, zeroMs } from '../support/handmade-experiment.ts';

/** One task a run, due at these milliseconds, each with this response time in milliseconds. */
function scheduled(dueMs: readonly number[], latencyMs: (due: number) => number): Experiment {
  return handmadeExperiment({
    runs: dueMs.map((due, index) => run(index, due, due + 1, 'submitted', { due })),
    tasks: dueMs.map((due, runIndex) => task('finished', { created: due + 1, finished: due + latencyMs(due) }, { runIndex })),
  });
}

/** Evenly, so many a second, in [fromSeconds, toSeconds). */
function evenly(perSecond: number, fromSeconds: number, toSeconds: number): readonly number[] {
  return Array.from(
    { length: Math.round(perSecond * (toSeconds - fromSeconds)) },
    (_, index) => 1000 * fromSeconds + (1000 * index) / perSecond,
  );
}

/** One that has settled by its windows, whatever its config says of how runs come. */
function withArrival(arrival: PerfConfig['arrival']): Experiment {
  const settled = buildExperiment({ runs: 600, sendSeconds: 60 });
  return { ...settled, manifest: { ...settled.manifest, config: { ...settled.manifest.config, arrival } } };
}

describe('steadyState', () => {
  it('leaves out the start, where tasks took longer', () => {
    // The first 3 s settle from 2.3 s of latency to 0.1 s.
    const experiment = scheduled(evenly(50, 0, 30), (due) => 100 + Math.max(0, 2200 - due * 0.8));
    const { state, figures } = steadyFigures(experiment);
    if (!state.found) throw new Error(state.reason);
    expect(state.fromSeconds).toBeGreaterThanOrEqual(2.5);
    expect(state.fromSeconds).toBeLessThan(5);
    expect(state.toSeconds).toBeCloseTo(29.98, 9);
    expect(state.method).toContain('MSER-5');
    expect(state.windows * state.windowSeconds).toBeCloseTo(state.toSeconds - state.fromSeconds, 0);
    expect(figures.tasksPerSecond).toBeCloseTo(50, 0);
    expect(figures.responseSeconds.p50).toBeCloseTo(0.1, 9);
    expect(figures.responseSeconds.max).toBeCloseTo(0.1, 9);
    expect(figures.latencySeconds.p99).toBeCloseTo(0.099, 9);
  });

  it('is the whole where all of it is the same', () => {
    const state = steadyState(buildExperiment({ runs: 600, sendSeconds: 60 }));
    expect(state).toMatchObject({ found: true });
    if (state.found) expect(state.fromSeconds).toBeLessThan(20);
  });

  it.each([
    ['a burst', buildExperiment(), 'all runs were due at once'],
    [
      'a target that does not keep up',
      buildExperiment({ runs: 1000, sendSeconds: 20 }),
      /did not settle|did not keep up: its backlog grew/,
    ],
    ['a ramp', scheduled(ramp(10, 100, 30), () => 100), /did not settle|rate offered changed/],
    ['a step', scheduled([...evenly(50, 0, 20), ...evenly(60, 20, 40)], () => 100), /did not settle|rate offered changed/],
    [
      'a ramp in the config, even where the windows look settled',
      withArrival({ ramp: [49, 51] }),
      'the config changes the rate (a ramp): no one state lasts',
    ],
    ['steps in the config', withArrival({ steps: [{ rate: 50, seconds: 60 }] }), 'the config changes the rate (steps): no one state lasts'],
    ['few tasks', scheduled(evenly(2, 0, 10), () => 100), 'too short to tell: 4 windows of 2.38 s'],
    ['nothing', handmadeExperiment({}), 'no task finished'],
  ])('there is none in %s', (_, experiment, reason) => {
    const state = steadyState(experiment);
    expect(state.found).toBe(false);
    if (typeof reason === 'string') expect(state.reason).toContain(reason);
    else expect(state.reason).toMatch(reason);
    expect(steadyFigures(experiment).figures.tasksPerSecond).toBeNaN();
  });
});

/** Due times at a rate that rises evenly. */
function ramp(from: number, to: number, seconds: number): readonly number[] {
  const total = ((from + to) / 2) * seconds;
  const slope = (to - from) / seconds;
  return Array.from({ length: Math.floor(total) }, (_, index) => (1000 * (Math.sqrt(from * from + 2 * slope * index) - from)) / slope);
}

describe('backlog', () => {
  it("is rate x latency where the target keeps up (Little's law)", () => {
    const { grows, outstandingEarly, outstandingLate, offeredPerSecond } = backlog(
      scheduled(evenly(100, 0, 40), () => 500),
      zeroMs,
      zeroMs + 40_000,
    );
    expect(outstandingEarly).toBeCloseTo(50, 6);
    expect(outstandingLate).toBeCloseTo(50, 6);
    expect(offeredPerSecond).toBe(100);
    expect(grows).toBe(false);
  });

  it('grows by what is not done', () => {
    // Served at 80 a second: 20 tasks/s are left over.
    const experiment = scheduled(evenly(100, 0, 40), (due) => 10 + due * 0.25);
    const { grows, growthPerSecond } = backlog(experiment, zeroMs, zeroMs + 40_000);
    expect(grows).toBe(true);
    expect(growthPerSecond).toBeCloseTo(20, 0);
  });

  it('does not shrink when what is too much is dropped', () => {
    // Done at 50 a second; of the 100 a second offered, every other run is dropped from the tenth second on.
    const dueMs = evenly(100, 0, 40);
    const isDropped = (index: number): boolean => index >= 1000 && index % 2 === 1;
    const experiment = handmadeExperiment({
      runs: dueMs.map((due, index) =>
        isDropped(index) ? run(index, Number.NaN, Number.NaN, 'dropped', { due }) : run(index, due, due + 1, 'submitted', { due }),
      ),
      tasks: dueMs.flatMap((due, runIndex) =>
        isDropped(runIndex)
          ? []
          : [task('finished', { created: due + 1, finished: due < 10_000 ? 2 * due + 10 : due + 10_010 }, { runIndex })],
      ),
    });
    const { grows, growthPerSecond } = backlog(experiment, zeroMs, zeroMs + 40_000);
    expect(grows).toBe(true);
    expect(growthPerSecond).toBeCloseTo(50, 0);
  });
});

describe('meanCount', () => {
  it('is the time that each took of the span, and what never ended to its end', () => {
    const stretches = stretchesOf(Float64Array.of(0, 5, -10, Number.NaN), Float64Array.of(5, Number.NaN, 100, 3));
    expect(meanCount(stretches, 0, 10)).toBe(0.5 + 0.5 + 1);
  });
});
