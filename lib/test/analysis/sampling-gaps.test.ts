import { describe, expect, it } from 'vitest';
import { breakAtGaps, samplingFigures, samplingGaps } from '../../src/analysis/sampling-gaps.ts';
import { plotResources } from '../../src/plots/plot-resources.ts';
import { handmadeExperiment, reading, run, zeroMs } from '../support/handmade-experiment.ts';

/** The interval is 0.1 s: 300 ms are no gap yet, 301 and 1500 are. */
const experiment = handmadeExperiment({
  runs: [run(0, 0, 1)],
  processes: [0, 100, 400, 500, 801, 900, 2400].flatMap((at) => [
    reading('scheduler', at, { rss: 1e6, cpu: at / 1000 }),
    reading('workers', at, { rss: 2e6, cpu: 0, count: 3 }),
  ]),
});

describe('sampling gaps', () => {
  it('are intervals of more than three times what was asked for', () => {
    expect(samplingGaps(experiment)).toEqual([
      { fromMs: zeroMs + 500, toMs: zeroMs + 801 },
      { fromMs: zeroMs + 900, toMs: zeroMs + 2400 },
    ]);
    expect(samplingFigures(experiment)).toEqual({ intervalSeconds: 0.1, gaps: 2, longestGapSeconds: 1.5 });
  });

  it('break lines by a point of unknown values', () => {
    const series = { times: Float64Array.of(0, 1, 5, 6), values: { a: Float64Array.of(1, 2, 3, 4) } };
    expect(breakAtGaps(series, [{ fromMs: 2000, toMs: 6000 }], 1000)).toEqual({
      times: Float64Array.of(0, 1, 3, 5, 6),
      values: { a: Float64Array.of(1, 2, Number.NaN, 3, 4) },
    });
    expect(breakAtGaps(series, [], 1000)).toBe(series);
  });

  it('show as such in the picture of the resources', () => {
    const { datasets, title } = plotResources(experiment) as unknown as {
      datasets: Record<string, readonly { seconds: number; scheduler: number | null }[]>;
      title: { subtitle: readonly string[] };
    };
    const holes = datasets['memory']?.filter(({ scheduler }) => scheduler === null).map(({ seconds }) => seconds);
    expect(holes).toEqual([0.6505, 1.65]);
    expect(title.subtitle.join(' ')).toContain('Lines are broken where sampling had a gap (2).');
  });
});
