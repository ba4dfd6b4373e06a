import { describe, expect, it } from 'vitest';
import { figureOf, findFigure } from '../../src/analysis/figures.ts';
import { figureOfPart } from '../../src/analysis/part-figures.ts';
import { setupOf } from '../../src/analysis/experiment-setup.ts';
import { thresholdResults, worstOutcome } from '../../src/analysis/threshold-results.ts';
import { verdictOf } from '../../src/analysis/verdict.ts';
import { ThresholdError, type ThresholdWindow } from '../../src/config/threshold.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Manifest } from '../../src/results/manifest.ts';
import type { Row } from '../../src/results/tables.ts';
import { renderText } from '../../src/report/document-text.ts';
import { thresholdsSection } from '../../src/report/sections/thresholds.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { type BuildOptions, buildExperiment, replaceTables } from '../support/build-experiment.ts';
import { handmadeExperiment, run, task } from '../support/handmade-experiment.ts';

/** The same experiment, with these thresholds in its config. */
function withThresholds(experiment: Experiment, thresholds: readonly string[], changes: Partial<Manifest> = {}): Experiment {
  const { manifest } = experiment;
  return { ...experiment, manifest: { ...manifest, ...changes, config: { ...manifest.config, thresholds: [...thresholds] } } };
}

const outcomes = (experiment: Experiment): readonly string[] => thresholdResults(experiment).map(({ outcome }) => outcome);

/** Ten runs of one task, one a second; task i takes (i + 1) tenths of a second. The scheduler has 10 MB more each second. */
const steps = handmadeExperiment({
  runs: Array.from({ length: 10 }, (_, index) => run(index, index * 1000 + 5, index * 1000 + 6, 'submitted', { due: index * 1000 + 5 })),
  tasks: Array.from({ length: 10 }, (_, index) =>
    task(
      'finished',
      { created: index * 1000 + 5, started: index * 1000 + 5, finished: index * 1000 + 5 + 100 * (index + 1) },
      { runIndex: index },
    ),
  ),
  processes: Array.from({ length: 12 }, (_, index): Row<'processes'> => ({
    atMs: Date.UTC(2026, 10, 23, 10, 0, 0) + index * 1000,
    role: 'scheduler',
    instance: 0,
    processCount: 1,
    rssBytes: 10e6 * (index + 1),
    pssBytes: Number.NaN,
    cpuSeconds: index * 0.5,
    wakeUps: Number.NaN,
  })),
  times: { schedulerReadyMs: -100, drainedMs: 10_100 },
});

describe('figures of a part', () => {
  const valueOf = (name: string, window: ThresholdWindow): number => figureOfPart(findFigure(name), window).value(steps);

  it.each([
    ['response.max', 2, 5, 0.5],
    ['response.avg', 2, 5, 0.4],
    ['latency.min', 2, undefined, 0.3],
    ['response.max', undefined, 3, 0.3],
    ['tasks.finished', 2, 5, 3],
    ['runs.submitted', 2, 5, 3],
    ['scheduleLag.max', 2, 5, 0],
    // Those that finished in it, at 2.3, 3.4 and 4.5 s.
    ['throughput.tasksPerSecond', 2, 5, 1],
    // 8.9 and 10.0 s, and there is nothing after that.
    ['throughput.tasksPerSecond', 8, 30, 1],
    ['throughput.runsPerSecond', 0, 4, 1],
    ['scheduler.rssBytesPeak', 2, 5.2, 70e6],
  ])('%s from %s to %s is %d', (name, fromSeconds, toSeconds, expected) => {
    const window = { ...(fromSeconds !== undefined && { fromSeconds }), ...(toSeconds !== undefined && { toSeconds }) };
    expect(valueOf(name, window)).toBeCloseTo(expected, 9);
  });

  it('are not known where nothing was due, and are those of the whole where the part is all', () => {
    expect(valueOf('response.max', { fromSeconds: 60 })).toBeNaN();
    expect(valueOf('throughput.tasksPerSecond', { fromSeconds: 60 })).toBeNaN();
    for (const name of [
      'response.avg',
      'latency.max',
      'tasks.finished',
      'tasks.lost',
      'scheduler.rssBytesPeak',
      'throughput.tasksPerSecond',
    ])
      expect([name, valueOf(name, { fromSeconds: 0 })]).toEqual([name, figureOf(steps, name)]);
  });

  it.each(['duration', 'steady.tasksPerSecond', 'tasks.ghosts'])('%s has no parts', (name) => {
    expect(() => valueOf(name, { fromSeconds: 1 })).toThrow(ThresholdError);
  });
});

describe('thresholds of an experiment', () => {
  it('hold or do not, each with its value and by how much it is off', () => {
    const experiment = withThresholds(steps, [
      'response.max < 500 ms, response.max[..4s] < 500 ms and tasks.lost = 0',
      'throughput.tasksPerSecond >= 2',
      'response.max <= 1',
      'response.max < 1',
      'tasks.finished = 12',
    ]);
    const results = thresholdResults(experiment);
    expect(results.map(({ threshold, outcome }) => [threshold, outcome])).toEqual([
      ['response.max < 500 ms', 'failed'],
      ['response.max[..4s] < 500 ms', 'passed'],
      ['tasks.lost = 0', 'passed'],
      ['throughput.tasksPerSecond >= 2', 'failed'],
      ['response.max <= 1', 'passed'],
      ['response.max < 1', 'failed'],
      ['tasks.finished = 12', 'failed'],
    ]);
    expect(results.map(({ excess }) => excess)).toEqual([0.5, 0, 0, 1, 0, 0, 2]);
    expect(results.map(({ value }) => value)).toEqual([1, 0.4, 0, 1, 1, 1, 10]);
    expect(worstOutcome(results)).toBe('failed');
    expect(renderText([thresholdsSection(summarize(experiment))]).split('\n')).toEqual([
      'Thresholds:',
      '  4 of 7 failed.',
      '  FAILED  response.max < 500 ms: 1 s, 500 ms (100 %) too much',
      '  passed  response.max[..4s] < 500 ms: 400 ms',
      '  passed  tasks.lost = 0: 0',
      '  FAILED  throughput.tasksPerSecond >= 2: 1 tasks/s, 1 tasks/s (50 %) too little',
      '  passed  response.max <= 1: 1 s',
      '  FAILED  response.max < 1: 1 s, which is the bound itself',
      '  FAILED  tasks.finished = 12: 10, 2 (17 %) off',
    ]);
  });

  it('can not be judged where the figure is not known, and say what it takes', () => {
    const [few, none] = thresholdResults(withThresholds(steps, ['response.p99 < 1', 'broker.cpuSeconds < 1']));
    expect(few).toMatchObject({ outcome: 'inconclusive', reason: 'it is not known: it takes 230 values at least' });
    expect(none).toMatchObject({ outcome: 'inconclusive', reason: expect.stringContaining('got "broker.cpuSeconds"') as unknown });
  });

  describe('where the host set the pace', () => {
    const options: BuildOptions = { runs: 100, sampleInterval: 0.05, lost: 2 };
    const built = buildExperiment(options);
    const busy = replaceTables(built, {
      host: (built.host.objects({ limit: Infinity }) as unknown as readonly Row<'host'>[]).map((row, _, [first]) => ({
        ...row,
        cpuBusySeconds: 0.5 * ((row.atMs - (first?.atMs ?? 0)) / 1000),
        cpuStealSeconds: 0.6 * ((row.atMs - (first?.atMs ?? 0)) / 1000),
      })),
    });

    it('a figure of pace is inconclusive when it is off, a loss and memory are not', () => {
      expect(verdictOf(busy).limitedBy).toBe('host');
      const names = [
        'response.avg < 1 ms',
        'response.avg < 1 h',
        'tasks.lost = 0',
        'scheduler.rssBytesPeak < 1 MB',
        'throughput.tasksPerSecond > 1e6',
      ];
      expect(outcomes(withThresholds(busy, names))).toEqual(['inconclusive', 'passed', 'failed', 'failed', 'inconclusive']);
      const [first] = thresholdResults(withThresholds(busy, names));
      expect(first?.reason).toMatch(
        /^the host limited it, not the target: The host limited it: its hypervisor gave 3\d % of its CPU to others\.$/,
      );
      expect(outcomes(withThresholds(built, names))).toEqual(['failed', 'passed', 'failed', 'failed', 'failed']);
    });
  });

  it('holds nothing for certain in an experiment that was cut off', () => {
    const cut = (changes: Partial<Manifest>): readonly string[] =>
      outcomes(withThresholds(buildExperiment({ lost: 5 }), ['response.avg < 1 h', 'response.avg < 1 ms', 'tasks.lost = 0'], changes));
    expect(cut({ status: 'timed-out' })).toEqual(['inconclusive', 'failed', 'failed']);
    expect(cut({ status: 'aborted' })).toEqual(['inconclusive', 'failed', 'inconclusive']);
    expect(cut({ status: 'interrupted' })).toEqual(['inconclusive', 'failed', 'inconclusive']);
  });

  it('the one that aborted it has failed, by what was seen then or, where that is worse, by all', () => {
    const stoppedBy = { figure: 'latency.avg', value: 3, afterSeconds: 7.25 };
    const of = (threshold: string): unknown =>
      thresholdResults(withThresholds(steps, [threshold], { status: 'aborted', stoppedBy: { ...stoppedBy, threshold } }))[0];
    expect(of('latency.avg < 2')).toMatchObject({ outcome: 'failed', value: 3, excess: 1, reason: 'it ended the experiment after 7.3 s' });
    expect(of('latency.avg < 50 ms')).toMatchObject({ outcome: 'failed', value: 0.55, excess: 0.5 });
  });

  it('are no part of what makes experiments repetitions of each other', () => {
    expect(setupOf(withThresholds(steps, ['response.p99 < 1']).manifest)).toEqual(setupOf(steps.manifest));
  });
});
