import { describe, expect, it } from 'vitest';
import { type RelativeThreshold, baselineResults } from '../../src/analysis/baseline-results.ts';
import { gateOf, gateOutcome } from '../../src/analysis/gate.ts';
import type { ThresholdResult } from '../../src/analysis/threshold-results.ts';
import { ThresholdError, parseThresholds } from '../../src/config/threshold.ts';
import { seededRandom } from '../../src/random/seeded-random.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Manifest } from '../../src/results/manifest.ts';
import { handmadeExperiment, run, task } from '../support/handmade-experiment.ts';

let count = 0;

/** An experiment whose response time is this many seconds on average, its one task: begun after all that were made before it. */
function experiment(seconds: number, changes: Partial<Manifest> = {}): Experiment {
  const made = handmadeExperiment({
    runs: [run(0, 0, 1)],
    tasks: [task('finished', { created: 0, started: 0, finished: seconds * 1000 })],
  });
  const index = ++count;
  const startedMs = made.manifest.times.startedMs + index * 60_000;
  return {
    ...made,
    name: `e${index}`,
    directory: `perf-results/e${index}`,
    manifest: { ...made.manifest, name: `e${index}`, ...changes, times: { ...made.manifest.times, startedMs } },
  };
}

const group = (...seconds: readonly number[]): Experiment[] => seconds.map((each) => experiment(each));
const judge = (text: string, b: readonly Experiment[], a: readonly Experiment[]): readonly ThresholdResult[] =>
  baselineResults(parseThresholds(text) as readonly RelativeThreshold[], b, a);
const outcomes = (text: string, b: readonly Experiment[], a: readonly Experiment[]): readonly string[] =>
  judge(text, b, a).map(({ outcome }) => outcome);

/** Six within 1 % of each other. */
const spread = [0.995, 1.004, 1, 1.002, 0.997, 1.005];
const scaled = (factor: number): Experiment[] => group(...spread.map((each) => each * factor));

describe('a threshold that is relative to a baseline', () => {
  it('passes within the margin for certain, fails beyond it for certain, and is inconclusive on its border', () => {
    const baseline = scaled(1);
    const text = 'response.avg < baseline + 5 %';
    expect(outcomes(text, scaled(1), baseline)).toEqual(['passed']);
    expect(outcomes(text, scaled(1.03), baseline)).toEqual(['passed']);
    expect(outcomes(text, scaled(1.08), baseline)).toEqual(['failed']);
    expect(outcomes(text, scaled(1.05), baseline)).toEqual(['inconclusive']);
    // The other way round, and without a margin.
    expect(outcomes('throughput.tasksPerSecond > baseline - 5 %', scaled(1.03), baseline)).toEqual(['passed']);
    expect(outcomes('throughput.tasksPerSecond > baseline - 5 %', scaled(1.08), baseline)).toEqual(['failed']);
    expect(outcomes('response.avg < baseline', scaled(0.9), baseline)).toEqual(['passed']);
    expect(outcomes('response.avg < baseline', scaled(1), baseline)).toEqual(['inconclusive']);
  });

  it('says the ratio with its interval, the medians, and by how much it is off', () => {
    const baseline = scaled(1);
    const [failed] = judge('response.avg < baseline + 5 %', scaled(1.08), baseline);
    expect(failed).toMatchObject({ value: expect.closeTo(1.08108, 4) as number, bound: expect.closeTo(1.05105, 4) as number });
    expect(failed?.excess).toBeCloseTo(0.03003, 4);
    expect(failed?.reason).toMatch(/^\+8\.0 % \(\+7\.\d to \+8\.\d %\) beside the baseline, by 6 and 6 experiments that all ran before$/);
  });

  it('takes more experiments where there are too few, and says how many', () => {
    const [two] = judge('response.avg < baseline + 5 %', group(1, 1.01), scaled(1));
    // 8 over 2 and 6 is 28 ways, of which two are as extreme as can be: 0.071 two-sided.
    expect(two?.outcome).toBe('passed');
    const [one] = judge('response.avg < baseline + 5 %', group(1), scaled(1));
    expect(one).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringMatching(/by 1 and 6 experiments: .* at least 1 more of each$/) as string,
    });
    const wide = [0.7, 1.4, 0.9, 1.2, 1.1, 0.8];
    const [unsure] = judge('response.avg < baseline + 5 %', group(...wide), group(...wide));
    expect(unsure?.outcome).toBe('inconclusive');
    expect(Number(/about ([\d.]+) more of each$/.exec(unsure?.reason ?? '')?.[1])).toBeGreaterThan(100);
  });

  it('compares by rounds what ran in turn', () => {
    // Each round is twice as slow as the one before: only the pairs tell.
    const pairs = [1, 2, 4, 8, 16, 32].map((base) => [experiment(base), experiment(base * 1.02 + base * 0.001 * (base % 3))] as const);
    const [result] = judge(
      'response.avg < baseline + 5 %',
      pairs.map(([, b]) => b),
      pairs.map(([a]) => a),
    );
    expect(result).toMatchObject({ outcome: 'passed', reason: expect.stringMatching(/beside the baseline, by 6 rounds$/) as string });
    const [unpaired] = judge('response.avg < baseline + 5 %', group(1, 2, 4, 8, 16, 32), group(1, 2, 4, 8, 16, 32));
    expect(unpaired?.outcome).toBe('inconclusive');
  });

  it('corrects failures for the number of thresholds, and not passes', () => {
    const baseline = scaled(1);
    const many = Array.from({ length: 4 }, () => 'response.avg < baseline + 5 %').join(', ');
    expect(new Set(outcomes(many, scaled(1), baseline))).toEqual(new Set(['passed']));
    // Three and three of each other are just significant by themselves: all of 20 ways.
    const [three, worse] = [group(1, 1.01, 1.02), group(2, 2.01, 2.02)];
    expect(outcomes('response.avg < baseline', worse, three)).toEqual(['failed']);
    expect(outcomes('response.avg < baseline, throughput.tasksPerSecond > baseline', worse, three)).toEqual(['failed', 'failed']);
  });

  it('is inconclusive where the baseline is of something else, or nothing ended as done', () => {
    const baseline = scaled(1);
    const reasons = (b: readonly Experiment[], a = baseline): string | undefined => judge('response.avg < baseline + 5 %', b, a)[0]?.reason;
    const { manifest } = experiment(1);
    const elsewhere = spread.map((each) => experiment(each * 9, { host: { ...manifest.host, cores: 64 } }));
    expect(reasons(elsewhere)).toMatch(
      /^the baseline is of another host \(linux x64, Test CPU, 2 cores; here linux x64, Test CPU, 64 cores\)$/,
    );
    const larger = spread.map((each) => experiment(each, { config: { ...manifest.config, duration: 3 } }));
    expect(reasons(larger)).toMatch(/^the baseline is of another duration \(0\.1; here 3\)$/);
    expect(reasons(spread.map((each) => experiment(each, { status: 'timed-out' })))).toBe('there are no experiments that ended as done');
    expect(
      reasons(
        scaled(1),
        spread.map((each) => experiment(each, { status: 'failed' })),
      ),
    ).toMatch(/of the baseline that ended as done$/);
    const mixed = spread.map((each, index) =>
      experiment(each, { config: { ...manifest.config, executor: index < 3 ? 'inline' : 'process' } }),
    );
    expect(reasons(scaled(1), mixed)).toBe('the experiments of the baseline differ from each other in executor: narrow it');
    // What one compares may differ.
    const newer = spread.map((each) => experiment(each, { target: { ...manifest.target, version: '6.0.0' } }));
    expect(outcomes('response.avg < baseline + 5 %', newer, baseline)).toEqual(['passed']);
  });

  it.each([
    ['tasks.lost < baseline', /a number: tasks\.lost is a count/],
    ['response.avg = baseline', /one of < <= > >= before baseline/],
  ])('%s is none', (text, message) => {
    expect(() => judge(text, scaled(1), scaled(1))).toThrow(ThresholdError);
    expect(() => judge(text, scaled(1), scaled(1))).toThrow(message);
  });

  it('of 5 % with 2 % of noise, 10 of each: one that is equal passes, one that is 10 % slower fails, one on the bound seldom does either', () => {
    const random = seededRandom(7);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const draw = (factor: number): Experiment[] => Array.from({ length: 10 }, () => experiment(factor * Math.exp(0.02 * normal())));
    const share = (factor: number, outcome: string, times: number): number =>
      Array.from({ length: times }, () => outcomes('response.avg < baseline + 5 %', draw(factor), draw(1))[0]).filter(
        (each) => each === outcome,
      ).length / times;
    expect(share(1, 'passed', 8)).toBeGreaterThanOrEqual(0.95);
    expect(share(1.1, 'failed', 8)).toBeGreaterThanOrEqual(0.95);
    expect(share(1.05, 'inconclusive', 20)).toBeGreaterThanOrEqual(0.8);
  });
});

describe('a gate', () => {
  const withThresholds = (each: Experiment): Experiment => ({
    ...each,
    manifest: { ...each.manifest, config: { ...each.manifest.config, thresholds: ['tasks.lost = 0', 'response.avg < baseline + 5 %'] } },
  });

  it('judges numbers by each experiment, and what is relative by all together', () => {
    const baseline = { selection: 'version=5.3.0', experiments: scaled(1) };
    const gate = gateOf(scaled(1.1).map(withThresholds), baseline);
    expect(gate.comparisons).toMatchObject([{ title: 'standard on dbos', baseline: 'version=5.3.0', results: [{ outcome: 'failed' }] }]);
    expect(gate.comparisons[0]?.baselineExperiments).toHaveLength(6);
    expect(gateOutcome(gate)).toBe('failed');
    expect(gateOutcome(gateOf(scaled(1).map(withThresholds), baseline))).toBe('passed');
  });

  it('is inconclusive without a baseline', () => {
    const gate = gateOf(scaled(1).map(withThresholds));
    expect(gate.comparisons[0]?.results).toMatchObject([{ outcome: 'inconclusive', reason: 'no baseline was given (--baseline)' }]);
    expect(gateOutcome(gate)).toBe('inconclusive');
  });
});
