import { describe, expect, it } from 'vitest';
import { figureOf } from '../../src/analysis/figures.ts';
import { firingsOf } from '../../src/analysis/firings.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { cronOf, momentsBetween, periodicSchema } from '../../src/config/periodic.ts';
import { plotFirings } from '../../src/plots/plot-firings.ts';
import { plotToSvg } from '../../src/report/render-plot.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { type PlantedFiring, periodicExperiment } from '../support/periodic-experiment.ts';

const figuresOf = (planted?: PlantedFiring[]): Record<string, number> => {
  const experiment = periodicExperiment(planted);
  return Object.fromEntries(
    ['firings.due', 'firings.missed', 'firings.doubled', 'firingLateness.max'].map((name) => [name, figureOf(experiment, name)]),
  );
};
const of = (schedule: number, dues: readonly number[], late = 0.2): PlantedFiring[] =>
  dues.map((due) => ({ schedule, due, began: due + late }));

describe('firings of periodic work', () => {
  it('are counted at every moment from the first submission to a period before the end', () => {
    // 60 s from a second before zero on: 0, 10, 20, 30, 40, 50 of two schedules.
    expect(figuresOf()).toEqual({
      'firings.due': 12,
      'firings.missed': 0,
      'firings.doubled': 0,
      'firingLateness.max': expect.closeTo(0.2, 6) as number,
    });
  });

  it('tell what was missed, fired at twice, and late, as planted', () => {
    const planted = [...of(0, [0, 10, 30, 40, 50]), ...of(1, [0, 10, 20, 30, 40, 50], 3), { schedule: 1, due: 20, began: 24 }];
    expect(figuresOf(planted)).toEqual({ 'firings.due': 12, 'firings.missed': 1, 'firings.doubled': 1, 'firingLateness.max': 3 });
    const missed = firingsOf(periodicExperiment(planted))
      .objects()
      .find(({ firings }) => firings === 0);
    expect(missed).toMatchObject({ schedule: 0, dueSeconds: 21, latenessSeconds: Number.NaN });
    const doubled = firingsOf(periodicExperiment(planted))
      .objects()
      .filter(({ firings }) => firings === 2);
    expect(doubled).toMatchObject([{ schedule: 1, dueSeconds: 21, latenessSeconds: 3 }]);
    const text = textSummary(summarize(periodicExperiment(planted)));
    expect(text).toMatch(/Missed: +1\n/);
    expect(text).toMatch(/Fired at more than once: +1\n/);
    expect(plotToSvg(plotFirings(periodicExperiment(planted)))).toContain('1 of 12 moments missed, 1 doubled');
  });

  it('of an engine that does not say which moment they are for are taken for the earliest in reach', () => {
    const unsaid = (schedule: number, createds: readonly number[]): PlantedFiring[] =>
      createds.map((created) => ({ schedule, created, began: created + 1 }));
    // The one for 10 was made 11 s late, after the next moment; that for 30 was never made.
    const planted = [...unsaid(0, [0.5, 21, 21.5, 40.5, 50.5]), ...unsaid(1, [0.5, 10.5, 20.5, 30.5, 40.5, 50.5, 50.6])];
    expect(figuresOf(planted)).toEqual({ 'firings.due': 12, 'firings.missed': 1, 'firings.doubled': 1, 'firingLateness.max': 12 });
  });
});

describe('a period', () => {
  it('is one that a cron expression says without a gap', () => {
    const accepted = (every: unknown): boolean => periodicSchema.safeParse({ every }).success;
    expect(['1s', '10s', '30s', '1m', '5m', 3600].map(accepted)).toEqual(Array.from({ length: 6 }, () => true));
    expect(['7s', '90s', '7m', 0.5, '2h', 0].map(accepted)).toEqual(Array.from({ length: 6 }, () => false));
    expect([5, 60, 300, 3600].map((every) => cronOf({ every }))).toEqual(['*/5 * * * * *', '*/1 * * * *', '*/5 * * * *', '0 * * * *']);
  });

  it('has its moments at full minutes and hours', () => {
    expect(momentsBetween({ every: 10 }, 10_001, 40_000)).toEqual([20_000, 30_000, 40_000]);
    expect(momentsBetween({ every: 60 }, 60_000, 119_999)).toEqual([60_000]);
    expect(momentsBetween({ every: 60 }, 60_001, 119_999)).toEqual([]);
  });
});
