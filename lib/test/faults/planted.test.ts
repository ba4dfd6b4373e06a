import { describe, expect, it } from 'vitest';
import { faultLedger } from '../../src/analysis/fault-ledger.ts';
import { planOf, plantedScenarios } from '../support/fault-scenarios.ts';
import { type PlantedTruth, faultedExperiment } from '../support/faulted-experiment.ts';

/** Of each load at 100 tasks/s, with a seed of its own. bench/faults.ts does the many, and the other rates. */
const scenarios = plantedScenarios().filter(({ perSecond }) => perSecond === 100);
const gapSeconds = 0.01;
const samplingSeconds = 0.1;

function expectTasks(found: ReturnType<typeof faultLedger>, truths: readonly PlantedTruth[]): void {
  expect(
    found.map(({ tasks: { lost, stuck, executedTwice }, duplicates, refusedRuns }) => ({
      tasks: { lost, stuck, executedTwice },
      duplicates,
      refusedRuns,
    })),
  ).toEqual(truths.map(({ tasks, duplicates, refusedRuns }) => ({ tasks, duplicates, refusedRuns })));
}

describe('what was planted is found', () => {
  it.each(scenarios.map((scenario, index) => ({ title: `${scenario.load}, ${scenario.name}`, scenario, seed: 1000 + index })))(
    '$title',
    ({ scenario, seed }) => {
      const { experiment, truths } = faultedExperiment(planOf(scenario, seed));
      const found = faultLedger(experiment);
      expectTasks(found, truths);
      for (const [index, { detectedSeconds, recoverySeconds }] of truths.entries()) {
        const fault = found[index];
        // Of half the places the rate tells to 50 tasks, of a stop to 20.
        const windowSeconds = (scenario.faults[index]?.effect === 'slow' ? 50 : 20) / scenario.perSecond;
        if (recoverySeconds === 0) {
          expect(fault).toMatchObject({ recoverySeconds: 0, detectedSeconds: Number.NaN, detectedBy: '' });
          expect(fault?.sentence).toContain('no effect seen on the rate, which stayed at');
        } else if (!scenario.isVisible) continue;
        else if (Number.isNaN(recoverySeconds)) expect(fault?.recoverySeconds).toBeNaN();
        else expect(Math.abs((fault?.recoverySeconds ?? 0) - recoverySeconds)).toBeLessThan(samplingSeconds + windowSeconds);
        if (!Number.isNaN(detectedSeconds))
          expect(Math.abs((fault?.detectedSeconds ?? 0) - detectedSeconds)).toBeLessThan(samplingSeconds + gapSeconds);
      }
    },
  );

  it('and where a second was not over before it, the rate is not known, which is said', () => {
    const { experiment } = faultedExperiment({
      seed: 7,
      load: 'poisson',
      perSecond: 100,
      loadSeconds: 6,
      catchesUp: true,
      faults: [{ effect: 'freeze', atSeconds: 0.8, seconds: 1 }],
    });
    const [fault] = faultLedger(experiment);
    expect(fault).toMatchObject({ recoverySeconds: Number.NaN, tasksPerSecondBefore: Number.NaN });
    expect(fault?.sentence).toContain('the rate before it is not known');
    expect(fault?.detectedSeconds).toBeCloseTo(1, 1);
  });
});
