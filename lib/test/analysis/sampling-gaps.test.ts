import { describe, expect, it } from 'vitest';
import { samplingFigures, samplingGaps } from '../../src/analysis/sampling-gaps.ts';
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

  it('show as such in the picture of the resources', () => {
    const { datasets, title } = plotResources(experiment) as unknown as {
      datasets: Record<string, readonly { seconds: number; scheduler: number | null }[]>;
      title: { subtitle: readonly string[] };
    };
    // A curve ends as its gap begins, and goes on after it.
    expect(datasets['memory']?.map(({ seconds, scheduler }) => [seconds, scheduler])).toEqual([
      [0, 1],
      [0.5, 1],
      [0.5, null],
      [0.8, 1],
      [0.9, 1],
      [0.9, null],
      [2.4, null],
    ]);
    expect(title.subtitle.join(' ')).toContain('Lines are broken where sampling had a gap (2).');
  });
});
