import { describe, expect, it } from 'vitest';
import { ceilingAudit } from '../../src/analysis/ceiling-audit.ts';
import { figureOf } from '../../src/analysis/figures.ts';
import { nextMove, probeResult } from '../../src/analysis/probe.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { verdictOf } from '../../src/analysis/verdict.ts';
import type { PerfConfig } from '../../src/config/perf-config.ts';
import { renderText } from '../../src/report/document-text.ts';
import { ceilingsSection, lowestCeilingWords } from '../../src/report/sections/ceilings.ts';
import { probeSection } from '../../src/report/sections/probe.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import type { Ceiling } from '../../src/results/ceiling.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { handmadeExperiment, run, task } from '../support/handmade-experiment.ts';

const polling = (value: number): Ceiling => ({
  name: 'polling',
  title: 'places, refilled at polls',
  figure: 'throughput.tasksPerSecond',
  value,
  settings: ['scheduler.max_concurrent_dispatches', 'scheduler.poll_interval_secs'],
  formula: '2 places, each held for 2 polls of 0.5 s',
});
const offered: Ceiling = {
  ...polling(20),
  name: 'arrival',
  title: 'offered load',
  settings: ['arrival.constant'],
  formula: '4 runs/s x 5 tasks',
};

function withCeilings(experiment: Experiment, ceilings: readonly Ceiling[], scheduler: Partial<PerfConfig['scheduler']> = {}): Experiment {
  const { config } = experiment.manifest;
  const changed = { ...config, scheduler: { ...config.scheduler, ...scheduler } };
  return { ...experiment, manifest: { ...experiment.manifest, config: changed, ceilings } };
}

/** Ten runs of one task, sent at once and accepted after 50 ms each; one task is done every half second. */
const handmade = handmadeExperiment({
  runs: Array.from({ length: 10 }, (_, index) => run(index, 0, 50)),
  tasks: Array.from({ length: 10 }, (_, index) =>
    task('finished', { created: 10, started: 10 + index * 500, finished: (index + 1) * 500 }, { runIndex: index }),
  ),
});

describe('the audit of ceilings', () => {
  it('holds each against the figure that it bounds, and adds what submissions at once allow', () => {
    const audit = ceilingAudit(withCeilings(handmade, [polling(2.5), offered]));
    expect(audit.map(({ name, measured, ratio, isOfMeasuredTime }) => [name, measured, ratio, isOfMeasuredTime])).toEqual([
      ['polling', 2, 0.8, false],
      ['arrival', 2, 0.1, false],
      // 20 at once of 50 ms each, of which ten in 50 ms came.
      ['submission', 200, 0.5, true],
    ]);
    expect(ceilingAudit(handmade)).toEqual([]);
  });

  it('is of the time in which tasks waited, without the first and the last that come at once: an experiment at its ceiling is at 100 %', () => {
    // Two places, tasks of 1 s, from 2.5 s after the load began: a start that no ceiling knows of. The last place has nothing left to do.
    const inBatches = (count: number, over: Partial<Ceiling> = {}): readonly (number | undefined)[] => {
      const experiment = handmadeExperiment({
        runs: [run(0, 0, 50)],
        tasks: Array.from({ length: count }, (_, index) => {
          const startedMs = 2500 + Math.floor(index / 2) * 1000;
          return task('finished', { created: 60, dispatched: startedMs, started: startedMs, finished: startedMs + 1000 });
        }),
      });
      const [audited] = ceilingAudit(withCeilings(experiment, [{ ...polling(2), atOnce: 2, ...over }]));
      return [audited?.ratio, audited?.waitedSeconds];
    };
    expect(inBatches(10)).toEqual([1, 6.45]);
    expect(inBatches(11)).toEqual([1, 7.45]);
    expect(inBatches(4)).toEqual([1, 3.45]);
    // Too few to say: that of the whole, 3 tasks in 4.5 s.
    expect(inBatches(3)).toEqual([3 / 4.5 / 2, Number.NaN]);
    // The load's can bind at any time.
    expect(inBatches(10, { name: 'in-flight' })).toEqual([1, Number.NaN]);
    // Without knowing that two come at once, the first is one too many.
    expect(inBatches(10, { atOnce: 1 })).toEqual([9 / 4 / 2, 6.45]);
  });

  it('is of the whole where most tasks did not wait in one stretch', () => {
    // A task a second for 10 s, each begun at once; then three that wait for each other.
    const single = Array.from({ length: 10 }, (_, index) => ({
      at: index * 1000,
      started: index * 1000 + 100,
      finished: index * 1000 + 200,
    }));
    const last = Array.from({ length: 3 }, (_, index) => ({ at: 10_000, started: 10_100 + index * 100, finished: 10_200 + index * 100 }));
    const all = [...single, ...last];
    const experiment = handmadeExperiment({
      runs: all.map(({ at }, index) => run(index, at, at + 10)),
      tasks: all.map(({ at, started, finished }, index) =>
        task('finished', { created: at + 10, dispatched: started, started, finished }, { runIndex: index }),
      ),
    });
    const [audited] = ceilingAudit(withCeilings(experiment, [polling(10)]));
    expect(audited?.measured).toBeCloseTo(13 / 10.4, 9);
    expect(audited?.waitedSeconds).toBeNaN();
  });

  it('is in the catalogue, and in words: first what is near', () => {
    const near = withCeilings(handmade, [polling(2.1), offered]);
    expect(figureOf(near, 'ceiling.tasksPerSecond')).toBe(2.1);
    expect(figureOf(near, 'ceiling.ratio')).toBeCloseTo(2 / 2.1, 9);
    expect(figureOf(handmade, 'ceiling.ratio')).toBeNaN();
    expect(renderText([ceilingsSection(summarize(near))]).split('\n')).toEqual([
      'Ceilings that the config sets:',
      '  While tasks waited, for 4.46 s, throughput was 95 % of what scheduler.max_concurrent_dispatches allows: 2 of 2.1 tasks/s.',
      '  scheduler.max_concurrent_dispatches: 95 % of 2.1 tasks/s (places, refilled at polls: 2 places, each held for 2 polls of 0.5 s)',
      '  arrival.constant: 10 % of 20 tasks/s (offered load: 4 runs/s x 5 tasks)',
      '  submit_concurrency: 50 % of 400 runs/s (submissions at once: 20 at once / 50 ms, what accepting a run took on average)',
    ]);
    expect(htmlReport(near)).toContain('<h2>Ceilings that the config sets</h2>');
    expect(renderText([ceilingsSection(summarize(withCeilings(handmade, [polling(9)])))])).not.toContain('Throughput is');
    expect(renderText([ceilingsSection(summarize(handmade))])).toBe('');
    expect(lowestCeilingWords(polling(2.1))).toBe(
      'Ceiling: 2.1 tasks/s by scheduler.max_concurrent_dispatches (places, refilled at polls: 2 places, each held for 2 polls of 0.5 s)',
    );
  });

  it('is evidence: a target at the ceiling of its own settings is limited by them, not by what nobody can tell', () => {
    // Some 190 tasks a second, with more places than are taken.
    const built = buildExperiment({ runs: 300, slots: 20 });
    const { places: _places, ...target } = built.manifest.target;
    const unplaced = { ...built, manifest: { ...built.manifest, target: { ...target, places: { kind: 'unknown' } as const } } };
    const { doneTasksPerSecond } = verdictOf(unplaced).evidence;
    const at = verdictOf(withCeilings(unplaced, [polling(doneTasksPerSecond / 0.97), offered]));
    expect(at.limitedBy).toBe('target');
    expect(at.sentence).toMatch(
      /^The target limited it by its own setting: [\d.]+ tasks\/s are 97 % of what scheduler\.max_concurrent_dispatches allows \(2 places, each held for 2 polls of 0\.5 s\), while \d+ tasks waited/,
    );
    // The load's own ceiling is not the target's.
    expect(verdictOf(withCeilings(unplaced, [{ ...offered, value: doneTasksPerSecond }])).sentence).not.toContain('by its own setting');
    expect(verdictOf(withCeilings(unplaced, [polling(doneTasksPerSecond * 2)])).sentence).not.toContain('by its own setting');
  });
});

describe('a probe', () => {
  const moveOf = (ceiling: Ceiling, scheduler = {}): unknown => nextMove(withCeilings(handmade, [ceiling], scheduler));

  it('moves the first setting of the lowest ceiling: twice as much, of a polling interval half', () => {
    expect(moveOf(polling(2), { max_concurrent_dispatches: 7 })).toMatchObject({
      setting: 'scheduler.max_concurrent_dispatches',
      from: 7,
      to: 14,
    });
    expect(moveOf({ ...polling(2), settings: ['scheduler.poll_interval_secs'] }, { poll_interval_secs: 0.5 })).toMatchObject({
      from: 0.5,
      to: 0.25,
    });
    // What is no number can't be: the next one is.
    expect(moveOf({ ...polling(2), settings: ['arrival.ramp', 'submit_concurrency'] })).toMatchObject({
      setting: 'submit_concurrency',
      to: 40,
    });
    expect(moveOf({ ...polling(2), settings: [] })).toBeUndefined();
    expect(nextMove(handmade)).toBeUndefined();
  });

  it('says whether the figure moved as its ceiling did', () => {
    const base = withCeilings(handmade, [polling(2.1)]);
    const move = { setting: 'scheduler.max_concurrent_dispatches', from: 2, to: 4, ceiling: polling(2.1) };
    const faster = (each: number): Experiment =>
      withCeilings(
        handmadeExperiment({
          runs: Array.from({ length: 10 }, (_, index) => run(index, 0, 50)),
          tasks: Array.from({ length: 10 }, (_, index) =>
            task('finished', { created: 10, started: 10, finished: (index + 1) * each }, { runIndex: index }),
          ),
        }),
        [polling(4.2)],
      );
    const bound = probeResult(base, faster(260), move);
    expect(bound).toMatchObject({ predictedRise: 1, binds: true, base: { predicted: 2.1, measured: 2 }, moved: { predicted: 4.2 } });
    expect(bound.measuredRise).toBeCloseTo(500 / 260 - 1, 9);
    const free = probeResult(base, faster(480), move);
    expect(free.binds).toBe(false);
    const text = renderText([probeSection(bound)]);
    expect(text).toMatch(
      /scheduler\.max_concurrent_dispatches set the pace: with 4 in place of 2, throughput rose by 92 % where its ceiling rose by 100 %\./,
    );
    expect(text).toMatch(/^ {2}2 +2\.1 +2 +95 % .*\n {2}4 +4\.2 +3\.85 +92 % /m);
    expect(renderText([probeSection(free)])).toMatch(/did not set the pace: with 4 in place of 2, throughput rose by 4 % where/);
  });
});
