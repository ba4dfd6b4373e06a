import { describe, expect, it } from 'vitest';
import { costOf, costTable } from '../../src/analysis/cost.ts';
import { databaseCost } from '../../src/analysis/database-cost.ts';
import { figureOf } from '../../src/analysis/figures.ts';
import { loadSpan } from '../../src/analysis/load-span.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { textSeries } from '../../src/report/series-document.ts';
import { planCost } from '../../src/run/cost-plan.ts';
import type { Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';
import { figuredSeries } from '../support/figured-series.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

describe('what a task takes of the database', () => {
  /** `perSecond` of each counter, and tables that grow by 1,000 bytes a task, told every other reading. */
  function planted(seconds: number, perSecond: { readonly commits: number; readonly walBytes: number }) {
    const plain = buildExperiment({ runs: 50 * seconds, tasksPerRun: 1, sendSeconds: seconds, durationSeconds: 0, slots: 100 });
    const { originMs } = loadSpan(plain);
    const [template] = plain.postgres.objects() as Row<'postgres'>[];
    const finished = plain.tasks.array('finishedMs') as Float64Array;
    const postgres = Array.from({ length: 2 * seconds + 8 }, (_, index): Row<'postgres'> => {
      const atMs = originMs - 1000 + 500 * index;
      const elapsed = Math.max(0, atMs - originMs) / 1000;
      const ended = finished.reduce((count, ms) => count + (ms <= atMs ? 1 : 0), 0);
      return {
        ...(template as Row<'postgres'>),
        atMs,
        commits: elapsed * perSecond.commits,
        walBytes: elapsed * perSecond.walBytes,
        tablesBytes: index % 2 === 0 ? 1e6 + 1000 * ended : Number.NaN,
      };
    });
    return replaceTables(plain, { postgres });
  }

  it.each([4, 20])('is what was counted over the tasks that ended, in a load of %i s', (seconds) => {
    const experiment = planted(seconds, { commits: 200, walBytes: 50_000 });
    const cost = databaseCost(experiment);
    expect(cost.commitsPerTask).toBeCloseTo(4, 0);
    expect(cost.walBytesPerTask / 1000).toBeCloseTo(1, 1);
    expect(figureOf(experiment, 'tables.bytesPerTask')).toBeCloseTo(1000, 9);
  });

  it('is not known where nothing was sampled', () => {
    const cost = databaseCost(replaceTables(planted(4, { commits: 200, walBytes: 50_000 }), { postgres: [] }));
    expect(Object.values(cost)).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('the card of a queue', () => {
  const config = createConfig(
    {
      load_seconds: 30,
      arrival: { constant: 50 },
      tasks_per_workflow: 2,
      duration: 0,
      executor: 'inline',
      target: 'pg-boss',
      idle: 20,
      bystander: {},
    },
    'cost',
  );
  const queue = (round: number) => ({
    key: 'queue',
    settings: {},
    round,
    figures: { 'database.commitsPerTask': 2 + round, 'idle.transactionsPerSecond': 10 * round, 'tables.bytesPerTask': 500 },
    manifest: { config },
  });
  const beside = (round: number) => ({
    key: 'bystander',
    settings: {},
    round,
    figures: { 'bystanderAlone.p99': 0.002, 'bystander.p99': 0.002 * round, 'bystander.p99Ratio': round, 'database.commitsPerTask': 99 },
    manifest: { config },
  });

  it('has the median of its rounds, of the experiments that each line is of', async () => {
    const rounds = [1, 2, 3].flatMap((round) => [queue(round), beside(round)]);
    const series = await figuredSeries(workspace.current.results, '2026-11-23T10-00-00-pg-boss-cost', rounds, { kind: 'cost' });
    const card = costOf(series);
    expect(card).toMatchObject({ rounds: 3, tasksPerSecond: 100 });
    const value = (name: string, group: string) => card.lines.find((line) => line.name === name && line.group === group)?.cost;
    expect(value('database.commitsPerTask', 'task')).toMatchObject({ value: 4, low: 3, high: 5 });
    expect(value('idle.transactionsPerSecond', 'idle')).toMatchObject({ value: 20 * 86_400 });
    expect(value('tables.bytesPerTask', 'growth')).toMatchObject({ value: 5e9 });
    expect(value('bystander.p99', 'bystander')).toMatchObject({ value: 0.004 });
    // What was not measured has no line.
    expect(value('postgres.cpuPerTask', 'task')).toBeUndefined();
    expect(textSeries(series)).toMatch(/commits +4 a task \(3 to 5\)/);
    expect(textSeries(series)).toMatch(/transactions +1,730,000 \(864,000 to 2,590,000\)/);
    expect(costTable([series]).numRows()).toBe(card.lines.length);
  });

  it('is planned as rounds with and without the bystander', () => {
    const plan = planCost(config, { rounds: 2, seed: 1 });
    const first = plan.next([]);
    expect(first).toMatchObject({ key: 'queue', round: 1, config: { idle: 20 } });
    expect(first).not.toHaveProperty('config.bystander');
    expect(plan.total([])).toBe(4);
    const { bystander: _, ...without } = config;
    expect(() => planCost(without, { rounds: 1, seed: 1 })).toThrow('expected a config with a bystander');
  });
});
