import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import type { SeriesStep } from '../../src/results/series.ts';
import { type BenchRequest, planBench, planBenchAgain } from '../../src/run/bench-plan.ts';
import { SeriesError } from '../../src/run/errors.ts';
import { type PlannedStep, type SeriesEnd, type SeriesPlan, nameOfStep } from '../../src/run/series-plan.ts';
import { figuredSeries } from '../support/figured-series.ts';

const results = mkdtempSync(join(tmpdir(), 'orchlab-bench-plan-'));
afterAll(() => rmSync(results, { recursive: true }));

const size = { workflows: 3, tasks_per_workflow: 2, duration: 0 };
const a = { config: createConfig({ ...size, target: 'pg-boss' }, 'small') };
const b = { config: createConfig({ ...size, target: 'dbos' }, 'small') };

/** Runs a plan to its end, each step ending as `end` says. */
function follow(
  plan: SeriesPlan,
  end: (step: PlannedStep) => SeriesStep,
  finished: readonly SeriesStep[] = [],
): { readonly steps: readonly PlannedStep[]; readonly outcome: SeriesEnd['outcome'] } {
  const steps: PlannedStep[] = [];
  for (let all = finished; ;) {
    const next = plan.next(all);
    if ('outcome' in next) return { steps, outcome: next.outcome };
    steps.push(next);
    all = [...all, end(next)];
  }
}

/** Experiments whose throughput is what is given, by side and round. */
async function measured(throughputs: Readonly<Record<'a' | 'b', readonly number[]>>): Promise<(step: PlannedStep) => SeriesStep> {
  const { steps } = await figuredSeries(
    results,
    `bench-${Math.random()}`,
    (['a', 'b'] as const).flatMap((key) =>
      throughputs[key].map((value, index) => ({ key, settings: {}, round: index + 1, figures: { 'throughput.tasksPerSecond': value } })),
    ),
    { kind: 'bench' },
  );
  return (step) => steps.find(({ key, round }) => key === step.key && round === step.round)!;
}

const noisy = (center: number, spread: number): readonly number[] =>
  Array.from({ length: 40 }, (_, index) => center * (1 + spread * Math.sin(index * 2.4)));

function request(changes: Partial<BenchRequest> = {}): BenchRequest {
  return { rounds: 10, maxRounds: 40, seed: 3, ...changes };
}

describe('a bench', () => {
  it('is rounds of one of each, either first', async () => {
    const { steps, outcome } = follow(
      planBench(a, b, request({ rounds: 20 })),
      await measured({ a: noisy(100, 0.01), b: noisy(110, 0.02) }),
    );
    expect(steps).toHaveLength(40);
    const first = steps.filter((_, index) => index % 2 === 0);
    expect(first.map(({ round }) => round)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    const ofA = first.filter(({ key }) => key === 'a').length;
    expect(ofA).toBeGreaterThan(4);
    expect(ofA).toBeLessThan(16);
    for (let round = 1; round <= 20; round++) {
      const both = steps.filter((step) => step.round === round);
      expect(both.map(({ key }) => key).toSorted()).toEqual(['a', 'b']);
      expect(both.find(({ key }) => key === 'b')?.config.target).toBe('dbos');
    }
    expect(steps.find(({ key }) => key === 'a')?.label).toBe('A (target=pg-boss)');
    expect(outcome).toMatchObject({ stopped: 'all rounds were run', rounds: 20 });
  });

  it('goes on until the ratio is known closely enough, and to no end when it never is', async () => {
    const close = await measured({ a: noisy(100, 0), b: noisy(110, 0.1) });
    const exact = follow(planBench(a, b, request({ until: 0.05 })), close);
    const rounds = exact.steps.length / 2;
    expect(rounds).toBeGreaterThan(10);
    expect(rounds).toBeLessThan(40);
    expect(exact.outcome).toMatchObject({ stopped: 'known closely enough', rounds });
    const [ratio] = exact.outcome['ratios'] as { figure: string; ratio: number; halfWidth: number }[];
    expect(ratio).toMatchObject({ figure: 'throughput.tasksPerSecond', ratio: expect.closeTo(1.1, 1) });
    expect(ratio?.halfWidth).toBeLessThanOrEqual(0.05);
    // One round before it was not.
    const before = follow(planBench(a, b, request({ until: 0.05, maxRounds: rounds - 1 })), close);
    expect(before.outcome).toMatchObject({ stopped: 'most rounds were run' });
    expect((before.outcome['ratios'] as { halfWidth: number }[])[0]?.halfWidth).toBeGreaterThan(0.05);
    // The least is the least, however close.
    const alike = follow(planBench(a, b, request({ until: 0.5 })), await measured({ a: noisy(100, 0.01), b: noisy(100, 0.02) }));
    expect(alike.steps).toHaveLength(20);
  });

  it('estimates how many rounds there will be from those there were', async () => {
    const end = await measured({ a: noisy(100, 0), b: noisy(110, 0.1) });
    const plan = planBench(a, b, request({ until: 0.05 }));
    const { steps } = follow(plan, end);
    const totals = [0, 10, 20, steps.length].map((count) => plan.total(steps.slice(0, count).map(end)));
    expect(totals[0]).toBe(20);
    expect(Math.abs(totals[2]! - steps.length)).toBeLessThan(20);
    expect(totals[3]).toBe(steps.length);
  });

  it('ends early when one of both never ends as done', () => {
    const fails = (step: PlannedStep): SeriesStep => ({ ...step, status: 'failed', experiment: undefined, startedMs: 0, endedMs: 1 });
    const { steps, outcome } = follow(planBench(a, b, request()), fails);
    expect(steps).toHaveLength(6);
    expect(outcome['stopped']).toBe('A has not ended as done once in 3 rounds');
  });

  it('goes on after any of its steps as it would have, from what series.json holds', async () => {
    const end = await measured({ a: noisy(100, 0.02), b: noisy(105, 0.08) });
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.constantFrom(undefined, 0.03, 0.2), (cut, seed, until) => {
        const plan = planBench(a, b, request({ seed, until, maxRounds: 14 }));
        const { steps, outcome } = follow(plan, end);
        const done = cut % (steps.length + 1);
        const again = planBenchAgain(JSON.parse(JSON.stringify(plan.request)), seed);
        const rest = follow(again, end, steps.slice(0, done).map(end));
        expect(rest.steps.map(nameOfStep)).toEqual(steps.slice(done).map(nameOfStep));
        expect(rest.outcome).toEqual(outcome);
      }),
      { numRuns: 30 },
    );
  });

  it('saves no value of an environment, and wants it again', () => {
    const secret = { ...a, environment: { ORK_BIN: '/opt/secret-ork' } };
    const plan = planBench(secret, b, request());
    expect(JSON.stringify(plan.request)).not.toContain('secret-ork');
    expect(() => planBenchAgain(plan.request, 1)).toThrow(SeriesError);
    expect(() => planBenchAgain(plan.request, 1)).toThrow('expected --a env.ORK_BIN=... again');
    const again = planBenchAgain(plan.request, 1, { a: secret.environment });
    expect(again.checked[0]?.environment).toEqual(secret.environment);
  });

  it('refuses a figure that there is none of', () => {
    expect(() => planBench(a, b, request({ figures: ['response.p98'] }))).toThrow(RangeError);
  });
});
