import { describe, expect, it } from 'vitest';
import { bystanderOf } from '../../src/analysis/bystander.ts';
import { figureOf } from '../../src/analysis/figures.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { plotBystander } from '../../src/plots/plot-bystander.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';

const startMs = Date.UTC(2026, 10, 23, 10, 0, 0);
const plain = buildExperiment({ firstSentMs: startMs + 20_000, runs: 100, sendSeconds: 10 });
const at = { alone: startMs, starting: startMs + 8000, ready: startMs + 9000, load: startMs + 19_000 };

/** A transaction every 10 ms from `fromMs` to `toMs`, each of 1 to 100 times `unitMs`, in that order over and over. */
function every10Ms(fromMs: number, toMs: number, unitMs: number): Row<'bystander'>[] {
  return Array.from({ length: (toMs - fromMs) / 10 }, (_, index) => {
    const dueMs = fromMs + 10 * index;
    return { dueMs, sentMs: dueMs, committedMs: dueMs + unitMs * ((index % 100) + 1), error: '' };
  });
}

function withBystander(rows: readonly Row<'bystander'>[], idle = { idleSettledMs: at.ready, idleEndedMs: at.load }): Experiment {
  const times = { ...plain.manifest.times, schedulerStartMs: at.starting, ...idle, loadStartedMs: at.load };
  const config = { ...plain.manifest.config, bystander: { rate: 100, alone_seconds: 8, seed: 1 } };
  return { ...replaceTables(plain, { bystander: rows }), manifest: { ...plain.manifest, config, times } };
}

describe('the bystander', () => {
  const planted = withBystander([
    ...every10Ms(at.alone, at.starting, 0.01),
    // While schedulers start: in no stretch.
    ...every10Ms(at.starting, at.ready, 10),
    ...every10Ms(at.ready, at.load, 0.02),
    ...every10Ms(at.load, at.load + 11_000, 0.04),
    { dueMs: at.load + 5, sentMs: at.load + 5, committedMs: Number.NaN, error: 'cut off' },
    // When all had ended.
    ...every10Ms(at.load + 60_000, at.load + 61_000, 10),
  ]);

  it('is told by stretch', () => {
    const rows = bystanderOf(planted).objects();
    expect(rows).toMatchObject([
      { stretch: 'alone', transactions: 800, failed: 0, perSecond: 100 },
      { stretch: 'idle', transactions: 1000, failed: 0, perSecond: 100 },
      { stretch: 'load', failed: 1 },
    ]);
    const p99 = rows.map((row) => (row as { p99Seconds: number }).p99Seconds);
    // 99 of 100 equal steps of 10, 20 and 40 µs; times of today in milliseconds are exact to a quarter of a microsecond.
    for (const [index, unit] of [1e-5, 2e-5, 4e-5].entries()) expect(p99[index]).toBeCloseTo(99 * unit, 5);
  });

  it('is in figures, summary and picture', () => {
    expect(figureOf(planted, 'bystander.p99Ratio')).toBeCloseTo(4, 1);
    expect(figureOf(planted, 'bystanderAlone.max')).toBeCloseTo(0.001, 5);
    expect(textSummary(summarize(planted))).toMatch(
      /Bystander .*\n {2}Alone: p50 0\.001s .*\n {2}Beside the idle engine: .*\n {2}Beside the load: p50 0\.002s/,
    );
    expect(JSON.stringify(plotBystander(planted))).toContain('Bystander, p99: 0.99 ms alone, 1.98 ms beside the idle engine, 3.96 ms');
  });

  it('has no idle stretch without an idle phase', () => {
    const without = { idleSettledMs: Number.NaN, idleEndedMs: Number.NaN };
    const rows = bystanderOf(withBystander(every10Ms(at.alone, at.load, 0.01), without)).array('stretch');
    expect(rows).toEqual(['alone', 'load']);
  });

  it('is nothing where there was none', () => {
    expect(bystanderOf(plain).numRows()).toBe(0);
    expect(() => figureOf(plain, 'bystander.p99')).toThrow(RangeError);
    expect(textSummary(summarize(plain))).not.toContain('Bystander');
  });
});
