import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { setOptionsOf } from '../../src/config/set-options.ts';
import type { SeriesStep } from '../../src/results/series.ts';
import { type PlannedStep, type SeriesPlan, nameOfStep } from '../../src/run/series-plan.ts';
import { planSweep, planSweepAgain } from '../../src/run/sweep-plan.ts';

const config = createConfig({ workflows: 3, tasks_per_workflow: 2, duration: 0, scheduler: { poll_interval_secs: 0.5 } }, 'small');

/** A step that ended. */
function ended({ config: _config, ...step }: PlannedStep, status: SeriesStep['status'] = 'failed'): SeriesStep {
  return { ...step, status, startedMs: 0, endedMs: 1, experiment: undefined };
}

/** All steps of a plan that follow on those that are finished. */
function follow(plan: SeriesPlan, finished: readonly SeriesStep[] = []): readonly PlannedStep[] {
  const steps: PlannedStep[] = [];
  for (let all = finished; ;) {
    const next = plan.next(all);
    if ('outcome' in next) return steps;
    steps.push(next);
    all = [...all, ended(next)];
  }
}

const varies = fc.record({
  target: fc.uniqueArray(fc.constantFrom('dbos', 'pg-boss', 'graphile-worker'), { minLength: 1 }),
  'scheduler.max_concurrent_dispatches': fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 }),
});
const requests = fc.record({ vary: varies, repeat: fc.integer({ min: 1, max: 4 }), seed: fc.nat() });

describe('a sweep', () => {
  it('has each combination once in every round', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const steps = follow(planSweep(config, request));
        const combinations = request.vary.target.length * request.vary['scheduler.max_concurrent_dispatches'].length;
        expect(steps).toHaveLength(combinations * request.repeat);
        expect(planSweep(config, request).total([])).toBe(steps.length);
        for (let round = 1; round <= request.repeat; round++) {
          const own = steps.slice((round - 1) * combinations, round * combinations);
          expect(own.map((step) => step.round)).toEqual(own.map(() => round));
          expect(new Set(own.map(({ key }) => key)).size).toBe(combinations);
        }
        for (const { settings, config: own } of steps) {
          expect(own.target).toBe(settings['target']);
          expect(own.scheduler.max_concurrent_dispatches).toBe(settings['scheduler.max_concurrent_dispatches']);
          expect(own.scheduler.poll_interval_secs).toBe(0.5);
        }
      }),
    );
  });

  it('goes on after any of its steps as it would have, also from what series.json holds, and whatever was interrupted', () => {
    fc.assert(
      fc.property(requests, fc.nat(), fc.nat(), (request, cut, again) => {
        const steps = follow(planSweep(config, request));
        const done = cut % (steps.length + 1);
        const { request: saved, seed } = planSweep(config, request);
        const plan = planSweepAgain(JSON.parse(JSON.stringify(saved)), seed);
        const rest = follow(
          plan,
          steps.slice(0, done).map((step) => ended(step)),
        );
        expect(rest.map(nameOfStep)).toEqual(steps.slice(done).map(nameOfStep));
        expect(rest.map((step) => step.config)).toEqual(steps.slice(done).map((step) => step.config));
        expect(rest.map((step) => setOptionsOf(step.config))).toEqual(steps.slice(done).map((step) => setOptionsOf(step.config)));
        // More rounds follow on the same ones.
        const more = follow(planSweep(config, { ...request, repeat: request.repeat + 1 + (again % 3) }));
        expect(more.slice(0, steps.length).map(nameOfStep)).toEqual(steps.map(nameOfStep));
      }),
    );
  });

  it('has another order in every round, and with another seed', () => {
    const vary = { 'scheduler.max_concurrent_dispatches': [1, 2, 3, 4, 5, 6, 7, 8] };
    const orders = new Set(
      [1, 2].flatMap((seed) => {
        const steps = follow(planSweep(config, { vary, repeat: 3, seed }));
        return [0, 8, 16].map((from) =>
          steps
            .slice(from, from + 8)
            .map(({ key }) => key)
            .join(),
        );
      }),
    );
    expect(orders.size).toBe(6);
  });

  it('has other random arrivals in each round, the same for all of one', () => {
    const random = createConfig({ load_seconds: 1, tasks_per_workflow: 1, duration: 0, arrival: { poisson: 5, seed: 7 } }, 'random');
    const steps = follow(planSweep(random, { vary: { 'arrival.poisson': [5, 9] }, repeat: 3, seed: 1 }));
    const arrivals = (round: number): unknown[] => steps.filter((step) => step.round === round).map((step) => step.config.arrival);
    for (const round of [1, 2, 3])
      expect(arrivals(round)).toEqual(expect.arrayContaining([5, 9].map((poisson) => ({ poisson, seed: 6 + round }))));
  });

  it.each([
    [{}, 'sweep: expected something to vary, got nothing'],
    [{ target: [] }, 'sweep target: expected at least one value, got none'],
    [{ 'scheduler.processes': [1, 2, 1] }, 'sweep scheduler.processes: expected different values, got 1 twice'],
    [{ 'scheduler.processes': [1, 0] }, 'sweep processes=0 scheduler.processes: expected a number of at least 1, got 0'],
    [
      { 'scheduler.proceses': [1] },
      /^sweep proceses=1 scheduler\.proceses: expected one of the keys processes, .*got the unknown key "proceses"$/,
    ],
  ])('refuses %j before anything is run', (vary, message) => {
    expect(() => planSweep(config, { vary, repeat: 1, seed: 1 })).toThrow(message);
  });
});
