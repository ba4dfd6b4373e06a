import { describe, expect, it } from 'vitest';
import { compareExperiments } from '../../src/analysis/compare-experiments.ts';
import { plotComparison } from '../../src/plots/plot-comparison.ts';
import { toRichOutput } from '../../src/report/mime-bundle.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textComparison } from '../../src/report/text-findings.ts';
import { buildExperiment } from '../support/build-experiment.ts';

/** Ten in turn; the tasks of B take 5 % longer. */
const experiments = Array.from({ length: 20 }, (_, index) =>
  buildExperiment({
    seed: index + 1,
    runs: 60,
    firstSentMs: Date.UTC(2026, 10, 23, 10, index),
    durationSeconds: index % 2 === 0 ? 0.1 : 0.105,
  }),
);
const comparison = compareExperiments(
  experiments.filter((_, index) => index % 2 === 0),
  experiments.filter((_, index) => index % 2 === 1),
  { margin: 0.02 },
);

interface Drawn {
  readonly data: { readonly values: readonly Readonly<Record<string, unknown>>[] };
  readonly layer: readonly { readonly data?: Drawn['data'] }[];
}

describe('plotComparison', () => {
  it('has a row a figure with its ratio, both intervals and its answer, against the margin', () => {
    const { data, layer } = plotComparison(comparison) as unknown as Drawn;
    expect(data.values).toHaveLength(8);
    const p99 = comparison.judged.find(({ name }) => name === 'response.p99')!;
    expect(p99.answer).toBe('slower');
    expect(data.values[2]).toMatchObject({
      figure: 'response time p99',
      outcome: 'worse',
      answer: 'slower',
      ratio: expect.closeTo(p99.ratio.value, 5),
      low: expect.closeTo(p99.ratio.low, 5),
      high: expect.closeTo(p99.ratio.high, 5),
      equivalenceLow: expect.closeTo(p99.equivalence.low, 5),
      equivalenceHigh: expect.closeTo(p99.equivalence.high, 5),
    });
    expect(layer[0]?.data?.values).toEqual([{ from: 1 / 1.02, to: 1.02 }]);
  });

  it('is drawn with its axis in changes, and what to know before believing it', () => {
    const svg = plotToSvg(plotComparison(comparison));
    for (const text of ['no change', 'change from A to B', 'slower', 'equivalent', 'The load is not the same: duration (0.1 → 0.105)'])
      expect(svg).toContain(text);
  });

  it('draws ratios without intervals where there are too few, cut off where one is far beyond all estimates', () => {
    const few = compareExperiments(experiments.slice(0, 1), experiments.slice(1, 2));
    const { data } = plotComparison(few) as unknown as Drawn;
    expect(data.values.every(({ low, ratio, high }) => low === ratio && high === ratio)).toBe(true);
    const [first] = comparison.judged;
    const wide = { ...comparison, judged: [{ ...first!, ratio: { value: 1.1, low: 1e-6, high: 1e6, level: 0.95 } }] };
    const row = (plotComparison(wide) as unknown as Drawn).data.values[0]!;
    expect(row['low']).toBeGreaterThan(0.5);
    expect(row['high']).toBeLessThan(2);
    expect(plotToSvg(plotComparison({ ...comparison, judged: [] }))).toContain('no figure is known of both');
  });
});

describe('a comparison', () => {
  it('is shown as a card with what comes out, and as text', () => {
    const { data } = toRichOutput(comparison)!;
    expect(data['text/html']).toContain('B beside A: slower in throughput');
    expect(data['text/html']).toContain('<td style="text-align:left">slower</td>');
    expect(data['text/plain']).toBe(textComparison(comparison));
  });
});
