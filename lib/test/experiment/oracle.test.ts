import { describe, expect, it } from 'vitest';
import { latencyOf } from '../../src/analysis/latency.ts';
import { ledgerOf } from '../../src/analysis/ledger.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import type { Row } from '../../src/results/tables.ts';
import { measureOracle, quantileOf } from '../support/measure-oracle.ts';
import { oracleDurations, type OraclePlan, type OracleTask } from '../support/oracle-target.ts';
import { usePrivateServer } from '../support/private-server.ts';

const postgres = usePrivateServer();

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('an experiment on an oracle', () => {
  it('tells apart the regimes of an engine whose rate changes, within a second', async () => {
    const { experiment, status } = await measureOracle(
      postgres.server,
      // Short: each task ends when it is its turn.
      { seed: 5, slowness: 0.01, tasksPerSecond: (seconds) => (seconds < 11 ? 40 : 200) },
      { workflows: 260, tasks_per_workflow: 10 },
    );
    expect(status).toBe('done');
    const { found, borders, regimes } = summarize(experiment).regimes;
    expect(found).toBe(true);
    // Other programs on this machine may come and go as well.
    const switched = borders.filter(({ changes }) => changes.some(({ kind }) => kind === 'throughput'));
    expect(switched).toHaveLength(1);
    expect(Math.abs((switched[0]?.atSeconds ?? 0) - 11)).toBeLessThanOrEqual(1);
    expect(regimes[0]?.tasksPerSecondFirst).toBeCloseTo(40, -1);
    expect(regimes.at(-1)?.tasksPerSecondLast).toBeCloseTo(200, -1);
  });

  it('finds every percentile of every phase exactly, warm-up left out, at random arrivals', async () => {
    const { oracle, experiment, runs, status } = await measureOracle(
      postgres.server,
      { seed: 7 },
      { load_seconds: 4, tasks_per_workflow: 5, arrival: { poisson: 60, seed: 3 }, warm_up_seconds: 1 },
    );
    expect(status).toBe('done');
    const warmUp = new Set(runs.filter(({ warmUp: isWarmUp }) => isWarmUp).map(({ runIndex }) => runIndex));
    expect(warmUp.size).toBeGreaterThan(30);
    const counted = oracle.tasks.filter(({ runIndex }) => !warmUp.has(runIndex));
    expect(counted.length).toBeGreaterThan(600);
    const dueMs = new Map(runs.map((run) => [run.runIndex, run.dueMs]));
    const secondsOf = (from: (task: OracleTask) => number, to: (task: OracleTask) => number): number[] =>
      counted.map((task) => (to(task) - from(task)) / 1000);
    const truth: Readonly<Record<string, readonly number[]>> = {
      submission: secondsOf(
        (task) => dueMs.get(task.runIndex) ?? Number.NaN,
        (task) => task.createdMs,
      ),
      wait: secondsOf(
        (task) => task.createdMs,
        (task) => task.dispatchedMs,
      ),
      dispatch: secondsOf(
        (task) => task.dispatchedMs,
        (task) => task.startedMs,
      ),
      execution: secondsOf(
        (task) => task.startedMs,
        (task) => task.finishedMs,
      ),
      latency: secondsOf(
        (task) => task.createdMs,
        (task) => task.finishedMs,
      ),
      'response time': secondsOf(
        (task) => dueMs.get(task.runIndex) ?? Number.NaN,
        (task) => task.finishedMs,
      ),
    };
    const found = latencyOf(experiment).objects() as Record<string, number | string>[];
    expect(found.map(({ phase }) => phase)).toEqual(Object.keys(truth));
    for (const { phase, count, avgSeconds: _, ...figures } of found) {
      const values = truth[String(phase)] ?? [];
      expect(count).toBe(values.length);
      expect(figures).toEqual({
        minSeconds: Math.min(...values),
        p50Seconds: quantileOf(values, 0.5),
        p90Seconds: quantileOf(values, 0.9),
        p99Seconds: quantileOf(values, 0.99),
        // Of so few tasks it is not told.
        p999Seconds: Number.NaN,
        maxSeconds: Math.max(...values),
      });
    }
    // Heavy-tailed, or the test would say little.
    const { latency: latencies = [] } = truth;
    expect(quantileOf(latencies, 0.99)).toBeGreaterThan(4 * quantileOf(latencies, 0.5));
  });

  it('accounts for exactly the failures, cancellations and losses that were planted', async () => {
    const endOf: OraclePlan['endOf'] = (runIndex, taskIndex) => {
      const task = runIndex * 4 + taskIndex;
      if (task % 10 === 3) return 'failed';
      if (task % 20 === 5) return 'cancelled';
      if (task === 41 || task === 77) return 'lost';
      return task === 90 ? 'forgotten' : 'finished';
    };
    const { oracle, experiment, status } = await measureOracle(
      postgres.server,
      { seed: 1, endOf },
      { workflows: 50, tasks_per_workflow: 4, timeout: 8 },
    );
    const ends = (end: string): OracleTask[] => oracle.tasks.filter((task) => task.end === end);
    expect([ends('failed').length, ends('cancelled').length, ends('lost').length + ends('forgotten').length]).toEqual([20, 10, 3]);
    const expected = { submitted: 200, finished: 167, failed: 20, cancelled: 10, lost: 3 };
    expect(ledgerOf(experiment)).toMatchObject(expected);
    expect(experiment.manifest.ledger).toMatchObject(expected);
    expect(status).toBe('timed-out');
    const rows = experiment.tasks.objects() as Row<'tasks'>[];
    const key = (task: { readonly runIndex: number; readonly taskIndex: number }): number => task.runIndex * 4 + task.taskIndex;
    expect(rows.map(key).toSorted((a, b) => a - b)).toEqual(upTo(200));
    const truth = new Map(oracle.tasks.map((task) => [key(task), task.end === 'forgotten' ? 'lost' : task.end]));
    for (const row of rows) expect([key(row), row.status]).toEqual([key(row), truth.get(key(row))]);
  });

  it('shows a stall of 1 s in the response time of every run that was due in it; latency from created hides it', async () => {
    const plan: OraclePlan = { seed: 5, slowness: 0.2, stall: { afterSeconds: 2, seconds: 1 } };
    const rate = 100;
    const { oracle, experiment, runs, status } = await measureOracle(postgres.server, plan, {
      load_seconds: 5,
      tasks_per_workflow: 1,
      arrival: { constant: rate },
    });
    expect(status).toBe('done');
    const startMs = runs[0]?.dueMs ?? Number.NaN;
    expect(runs).toHaveLength(500);
    for (const { runIndex, dueMs } of runs) expect(dueMs).toBe(startMs + (runIndex / rate) * 1000);

    const finishedMs = new Map(oracle.tasks.map((task) => [task.runIndex, task.finishedMs]));
    const inStall = runs.filter(({ dueMs }) => dueMs >= oracle.stallMs.from && dueMs < oracle.stallMs.to);
    expect(inStall.length).toBeGreaterThanOrEqual(99);
    for (const { runIndex, dueMs } of inStall)
      expect((finishedMs.get(runIndex) ?? 0) - dueMs).toBeGreaterThanOrEqual(oracle.stallMs.to - dueMs);

    // Worked out from the schedule, the durations drawn and the stall alone; nothing that was measured goes in.
    const expected = upTo(500).map((index) => {
      const dueSeconds = index / rate;
      const isStalled = dueSeconds >= 2 && dueSeconds < 3;
      const { waitMs, dispatchMs, executionMs } = oracleDurations(plan, index, 0);
      const naturalSeconds = (isStalled ? 3 : dueSeconds) + (waitMs + dispatchMs + executionMs) / 1000;
      return (naturalSeconds >= 2 && naturalSeconds < 3 ? 3 : naturalSeconds) - dueSeconds;
    });
    const figures = summarize(experiment);
    const p99 = quantileOf(expected, 0.99);
    expect(p99).toBeGreaterThan(0.9);
    expect(Math.abs((figures.responseSeconds.p99 ?? 0) / p99 - 1)).toBeLessThan(0.05);
    // The engine's own times begin when it accepted: of the 100 runs due in the stall they show nothing.
    expect(figures.latencySeconds.p99).toBeLessThan(0.2);
  });

  it('keeps a closed loop within its number of runs in flight, and full', async () => {
    const { oracle, experiment, runs, status } = await measureOracle(
      postgres.server,
      { seed: 2 },
      { load_seconds: 3, tasks_per_workflow: 3, arrival: { closed: 6 } },
    );
    expect(status).toBe('done');
    const ends = new Map<number, number>();
    for (const { runIndex, finishedMs } of oracle.tasks) ends.set(runIndex, Math.max(ends.get(runIndex) ?? 0, finishedMs));
    const changes = runs
      .flatMap(
        ({ runIndex, sentMs }) =>
          [
            [sentMs, 1],
            [ends.get(runIndex) ?? Number.NaN, -1],
          ] as const,
      )
      .toSorted(([a], [b]) => a - b);
    const firstMs = runs[0]?.dueMs ?? 0;
    let inFlight = 0;
    let most = 0;
    let area = 0;
    for (const [index, [atMs, change]] of changes.entries()) {
      most = Math.max(most, (inFlight += change));
      const untilMs = Math.min(changes[index + 1]?.[0] ?? atMs, firstMs + 3000);
      area += inFlight * Math.max(0, untilMs - atMs);
    }
    expect(most).toBe(6);
    // A run takes about 80 ms, and its end is seen up to 20 ms and a reading later; on a busy machine several times that.
    expect(area / 3000).toBeGreaterThan(6 * 0.25);
    expect(runs.every((run) => run.status === 'submitted' && run.dueMs < firstMs + 3000)).toBe(true);
    expect(summarize(experiment).runs.planned).toBe(runs.length);
    expect(experiment.manifest.runWatch).toMatchObject({ failures: 0 });
    expect(experiment.manifest.runWatch?.reads).toBeGreaterThan(20);
  });

  it('drops what max_in_flight keeps from being sent within the load, and says so', async () => {
    // Each of the runs takes a second at least: 4 in flight are done at most twice in 2 s.
    const { experiment, runs, status } = await measureOracle(
      postgres.server,
      { seed: 2, slowness: 70 },
      { load_seconds: 2, tasks_per_workflow: 1, arrival: { constant: 50 }, max_in_flight: 4, timeout: 200 },
    );
    expect(status).toBe('done');
    const { runs: counts } = summarize(experiment);
    expect(counts.planned).toBe(100);
    expect(counts.submitted + counts.dropped).toBe(100);
    expect(counts.submitted).toBeGreaterThanOrEqual(4);
    expect(counts.submitted).toBeLessThanOrEqual(12);
    expect(runs.map(({ runIndex }) => runIndex)).toEqual(upTo(100));
    expect(experiment.manifest.warnings).toContain(
      `${counts.dropped} of 100 runs were dropped: the load ended while 4 runs were in flight (max_in_flight)`,
    );
  });

  it('ends at once when it is interrupted between two runs; what was not sent is dropped', async () => {
    const { experiment, runs, status } = await measureOracle(
      postgres.server,
      { seed: 2 },
      { workflows: 5, tasks_per_workflow: 1, arrival: { constant: 0.01 }, timeout: 600 },
      ({ runs: { sent } }, interruption) => {
        if (sent === 1) interruption.abort();
      },
    );
    expect(status).toBe('interrupted');
    expect(runs.map((run) => run.status)).toEqual(['submitted']);
    expect(experiment.manifest.unsentRuns).toMatchObject({ fromRunIndex: 1, count: 4 });
    expect(summarize(experiment).runs).toMatchObject({ submitted: 1, dropped: 4 });
    const { loadStartedMs = 0, endedMs = Infinity } = experiment.manifest.times;
    // The next run would have been due 100 s after the first.
    expect(endedMs - loadStartedMs).toBeLessThan(60_000);
  });
});
