import { describe, expect, it } from 'vitest';
import { neighbourOf } from '../../src/analysis/neighbour.ts';
import { workflowsOf } from '../../src/config/mixed.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { textSeries } from '../../src/report/series-document.ts';
import { planNeighbour, planNeighbourAgain } from '../../src/run/neighbour-plan.ts';
import { type PlannedStep, nameOfStep } from '../../src/run/series-plan.ts';
import { figuredSeries } from '../support/figured-series.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

const config = createConfig(
  {
    load_seconds: 10,
    tasks_per_workflow: 1,
    duration: 0.1,
    workflows: [
      { name: 'small', arrival: { poisson: 5, seed: 40 }, priority: 3 },
      { name: 'large', arrival: { constant: 1 }, tasks: 30 },
    ],
  },
  'mixed',
);

function stepsOf(seed: number, rounds: number): PlannedStep[] {
  const plan = planNeighbour(config, { victim: 'small', rounds, seed });
  const steps: PlannedStep[] = [];
  for (;;) {
    const next = plan.next(steps.map((step) => ({ ...step, status: 'done', settings: {}, reason: undefined }) as never));
    if ('outcome' in next) return steps;
    steps.push(next);
  }
}

describe('a neighbour', () => {
  it('is measured in rounds with the victim alone and beside it, at the same moments, in an order that is drawn', () => {
    const steps = stepsOf(1, 8);
    expect(new Set(steps.map(nameOfStep)).size).toBe(16);
    for (let round = 1; round <= 8; round++) {
      const [one, other] = steps.filter((step) => step.round === round);
      const [alone, beside] = one?.key === 'alone' ? [one, other] : [other, one];
      if (!alone || !beside) throw new Error('expected two experiments a round');
      expect(workflowsOf(alone.config).map(({ name, priority }) => [name, priority])).toEqual([['small', 3]]);
      expect(workflowsOf(beside.config).map(({ name }) => name)).toEqual(['small', 'large']);
      for (const { config: each } of [alone, beside])
        expect(each).toMatchObject({
          load_seconds: 10,
          workflows: [{ name: 'small', arrival: { poisson: 5, seed: 39 + round } }, ...(each === beside.config ? [{}] : [])],
        });
    }
    const orders = new Set([1, 2, 3, 4, 5, 6, 7, 8].map((round) => steps.find((step) => step.round === round)?.key));
    expect(orders).toEqual(new Set(['alone', 'beside']));
    expect(stepsOf(1, 8)).toEqual(steps);
    const plan = planNeighbour(config, { victim: 'small', rounds: 2, seed: 1 });
    expect(planNeighbourAgain(JSON.parse(JSON.stringify(plan.request)), 1).next([])).toEqual(plan.next([]));
  });

  it('is refused for a config without the victim, or without another workflow', () => {
    expect(() => planNeighbour(config, { victim: 'none', rounds: 1, seed: 1 })).toThrow(
      'expected one of the workflows small, large, got none',
    );
    const one = createConfig({ workflows: 5, tasks_per_workflow: 1, duration: 0 });
    expect(() => planNeighbour(one, { victim: 'small', rounds: 1, seed: 1 })).toThrow('a list of two workflows at least');
  });

  it('has the medians of the rounds, of their differences and of their ratios, with intervals', async () => {
    const names = { alone: 0, beside: 1 } as const;
    const experiment = (key: keyof typeof names, round: number, p99: number | null) => ({
      key,
      settings: {},
      round,
      figures: { 'workflow.small.response.p99': p99, 'workflow.small.response.p50': 0.1 },
      manifest: { config },
    });
    // Ratios 2, 3, 4, 5, 6, 7, of another base each; the seventh round has no p99 alone.
    const steps = [1, 2, 3, 4, 5, 6].flatMap((round) => [
      experiment('alone', round, 0.01 * round),
      experiment('beside', round, 0.01 * round * (round + 1)),
    ]);
    const series = await figuredSeries(
      workspace.current.results,
      '2026-11-23T10-00-00-mixed-neighbour',
      [...steps, experiment('alone', 7, null), experiment('beside', 7, 0.5), experiment('beside', 8, 0.5)],
      { kind: 'neighbour', request: { victim: 'small', rounds: 8 } },
    );
    const { lines, victim } = neighbourOf(series);
    expect(victim).toBe('small');
    const p99 = lines.find(({ name }) => name === 'response.p99');
    expect(p99?.rounds.map(({ round }) => round)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(p99?.alone.value).toBeCloseTo(0.035, 12);
    expect(p99?.ratio.value).toBeCloseTo(4.5, 12);
    expect([p99?.ratio.low, p99?.ratio.high].map((bound) => Math.round(bound ?? 0))).toEqual([2, 7]);
    expect(p99?.ratio.level).toBeGreaterThan(0.95);
    // 0.01, 0.04, 0.09, 0.16, 0.25, 0.36
    expect(p99?.difference.value).toBeCloseTo(0.125, 12);
    expect(lines.find(({ name }) => name === 'response.p50')?.rounds).toHaveLength(7);
    expect(textSeries(series)).toMatch(
      /small on dbos .*: response time p99 35 ms alone, .* 4\.5 times \(2 to 7, 96\.9 %\), the median of 6 rounds/,
    );
  });
});
