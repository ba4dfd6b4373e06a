import { describe, expect, it } from 'vitest';
import { comparedFigure } from '../../src/analysis/compared-figures.ts';
import { figureOf, figuresOf, findFigure } from '../../src/analysis/figures.ts';
import { priorityInversions } from '../../src/analysis/priority-inversions.ts';
import { mostByWindow, timeAbove } from '../../src/analysis/time-above.ts';
import { workflowTable } from '../../src/analysis/workflow-table.ts';
import { seededRandom } from '../../src/random/seeded-random.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { type MixedTask, mixedExperiment } from '../support/mixed-experiment.ts';

const ofPriorities = (...priorities: readonly number[]) => priorities.map((priority, index) => ({ name: `w${index}`, runs: 1, priority }));

describe('priority inversions', () => {
  it('count what was taken while a higher priority waited, and how long that waited on', () => {
    const experiment = mixedExperiment(ofPriorities(1, 0), [
      // Waits from 100 to 400: two of the lower priority are taken meanwhile, at 200 and 300.
      { workflow: 'w0', created: 100, taken: 400, finished: 500 },
      { workflow: 'w1', created: 0, taken: 50, finished: 90 },
      { workflow: 'w1', created: 0, taken: 200, finished: 250 },
      { workflow: 'w1', created: 0, taken: 300, finished: 350 },
      { workflow: 'w1', created: 0, taken: 600, finished: 650 },
      // Taken at the moment at which it came.
      { workflow: 'w0', created: 700, taken: 700, finished: 800 },
    ]);
    expect(priorityInversions(experiment)).toMatchObject({ tasks: 2, ratio: 0.5, overtaken: 1, overtakenRatio: 0.5 });
    expect(figureOf(experiment, 'inversions.behind.avg')).toBeCloseTo(0.2, 12);
    expect(figureOf(experiment, 'inversions.tasks')).toBe(2);
  });

  it('are none between tasks that are taken together, of one priority, or in the right order', () => {
    const none = { tasks: 0, ratio: 0, overtaken: 0, overtakenRatio: 0 };
    const together = [
      { workflow: 'w0', created: 0, taken: 100, finished: 200 },
      { workflow: 'w1', created: 0, taken: 100, finished: 200 },
    ];
    expect(priorityInversions(mixedExperiment(ofPriorities(1, 0), together))).toMatchObject(none);
    const backwards = [
      { workflow: 'w0', created: 0, taken: 200, finished: 300 },
      { workflow: 'w1', created: 0, taken: 100, finished: 200 },
    ];
    expect(priorityInversions(mixedExperiment(ofPriorities(0, 1), backwards))).toMatchObject(none);
    expect(priorityInversions(mixedExperiment(ofPriorities(3, 3), backwards))).toBeUndefined();
    expect(figuresOf(mixedExperiment(ofPriorities(3, 3), backwards)).some(({ name }) => name.startsWith('inversions'))).toBe(false);
  });

  it('leave out those that may wait for a limit of their own, and know those that were never taken', () => {
    const tasks = [
      { workflow: 'w0', created: 0 },
      { workflow: 'w1', created: 0, taken: 100, finished: 200 },
    ];
    expect(priorityInversions(mixedExperiment(ofPriorities(1, 0), tasks))).toMatchObject({ tasks: 1, overtaken: 1 });
    const [high, low] = ofPriorities(1, 0);
    if (!high || !low) throw new Error('expected two workflows');
    const limited = mixedExperiment([{ ...high, limits: { concurrency: 1 } }, low], tasks);
    expect(priorityInversions(limited)).toMatchObject({ tasks: 0, overtaken: 0 });
  });

  it('of many tasks and priorities are those that all pairs of them show', () => {
    const random = seededRandom(5);
    const whole = (below: number): number => Math.floor(random() * below);
    const tasks = Array.from({ length: 400 }, (): MixedTask => {
      const created = whole(1000);
      const taken = created + whole(60);
      return { workflow: `w${whole(4)}`, created, taken, finished: taken + 10 };
    });
    const priorities = [2, -1, 2, 7];
    const priorityOf = ({ workflow }: MixedTask): number => priorities[Number(workflow.slice(1))] ?? Number.NaN;
    const isWaiting = (each: MixedTask, ms: number): boolean => each.created < ms && ms < (each.taken ?? Infinity);
    const inverted = tasks.filter((low) => tasks.some((high) => priorityOf(high) > priorityOf(low) && isWaiting(high, low.taken ?? 0)));
    const overtakers = (high: MixedTask): number[] =>
      tasks.filter((low) => priorityOf(low) < priorityOf(high) && isWaiting(high, low.taken ?? 0)).map(({ taken = 0 }) => taken);
    const behind = tasks.map((high) => [high, overtakers(high)] as const).filter(([, taken]) => taken.length > 0);
    const found = priorityInversions(mixedExperiment(ofPriorities(...priorities), tasks));
    expect(found).toMatchObject({ tasks: inverted.length, overtaken: behind.length });
    expect(found?.ratio).toBeCloseTo(inverted.length / tasks.filter((each) => priorityOf(each) < 7).length, 12);
    expect(found?.overtakenRatio).toBeCloseTo(behind.length / tasks.filter((each) => priorityOf(each) > -1).length, 12);
    const waited = behind.map(([high, taken]) => ((high.taken ?? 0) - Math.min(...taken)) / 1000);
    expect(found?.behindSeconds.avg).toBeCloseTo(waited.reduce((sum, each) => sum + each, 0) / waited.length, 9);
    expect(inverted.length).toBeGreaterThan(50);
  });
});

describe('limits', () => {
  it('tell how long more ran than allowed, and the most', () => {
    const experiment = mixedExperiment(
      [
        { name: 'kept', runs: 1, limits: { concurrency: 2 } },
        { name: 'broken', runs: 1, limits: { concurrency: 1, rate: { tasks: 2, seconds: 1 } } },
      ],
      [
        { workflow: 'kept', created: 0, taken: 0, finished: 100 },
        { workflow: 'kept', created: 0, taken: 50, finished: 150 },
        // One that begins as another ends is not there with it.
        { workflow: 'kept', created: 0, taken: 100, finished: 200 },
        { workflow: 'broken', created: 0, taken: 0, finished: 300 },
        { workflow: 'broken', created: 0, taken: 200, finished: 400 },
        { workflow: 'broken', created: 0, taken: 250, finished: 260 },
        { workflow: 'broken', created: 0, taken: 1100, finished: 1150 },
      ],
    );
    const figure = (name: string): number => figureOf(experiment, `workflow.${name}`);
    expect([figure('kept.running.max'), figure('kept.concurrency.breach')]).toEqual([2, 0]);
    expect(figure('broken.running.max')).toBe(3);
    // From 200 to 300.
    expect(figure('broken.concurrency.breach')).toBeCloseTo(0.1, 9);
    // Begun in the second before: three from 250 to 1000, and from 1100 (200, 250, 1100) to 1200.
    expect(figure('broken.rate.breach')).toBeCloseTo(0.85, 9);
    expect(figure('broken.rate.max')).toBe(3);
    expect(figuresOf(experiment).some(({ name }) => name === 'workflow.kept.rate.breach')).toBe(false);
  });

  it('agree with a count at every moment', () => {
    const random = seededRandom(3);
    const stretches = Array.from({ length: 300 }, () => {
      const from = Math.floor(random() * 500);
      return [from, from + Math.floor(random() * 40)] as const;
    });
    const begins = Float64Array.from(stretches, ([from]) => from).sort();
    const ends = Float64Array.from(stretches, ([, to]) => to).sort();
    // Between whole moments nothing changes.
    const counts = Array.from({ length: 600 }, (_, ms) => stretches.filter(([from, to]) => from <= ms && ms < to).length);
    for (const limit of [0, 5, 11, 15, 100]) {
      const above = timeAbove(begins, ends, limit);
      expect(above.time).toBe(counts.filter((count) => count > limit).length);
      expect(above.most).toBe(Math.max(...counts));
    }
    const edges = Float64Array.from([100, 130, 180, 300]);
    const most = [0, 1, 2].map((window) => Math.max(...counts.slice(edges[window], edges[window + 1])));
    expect([...mostByWindow(begins, ends, edges)]).toEqual(most);
  });
});

describe('a figure of a workflow', () => {
  it('is found by its name whatever the experiments, and not known where there is no such workflow', () => {
    const [one, other] = ofPriorities(1, 0);
    if (!one || !other) throw new Error('expected two workflows');
    const tasks = Array.from({ length: 10 }, (_, index): MixedTask => ({ workflow: 'w1', created: 0, taken: 0, finished: 100 + index }));
    const figure = findFigure('workflow.w1.latency.max');
    expect(figure).toMatchObject({ title: 'w1: latency max', unit: 'seconds', better: 'less' });
    // Its place in the list is another.
    expect(figure.value(mixedExperiment([one, other], tasks))).toBeCloseTo(0.109, 9);
    expect(figure.value(mixedExperiment([other], tasks))).toBeCloseTo(0.109, 9);
    const without = mixedExperiment([one], [{ workflow: 'w0', created: 0, taken: 0, finished: 50 }]);
    expect(figure.value(without)).toBeNaN();
    expect(figure.value(buildExperiment())).toBeNaN();
    expect(comparedFigure('workflow.w1.response.p99', [])).toMatchObject({ unit: 's', better: 'less' });
    expect(() => findFigure('workflow.w1.response.p98')).toThrow('expected');
    expect(() => figureOf(without, 'workflow.w1.latency.max')).toThrow('expected');
  });
});

describe('the table of workflows', () => {
  it('has a row of each, which add up to that of all', () => {
    const tasks = Array.from({ length: 100 }, (_, index): MixedTask => {
      const workflow = index % 4 === 0 ? 'rare' : 'many';
      const taken = index * 10;
      return { workflow, created: taken, taken, finished: taken + (workflow === 'rare' ? 500 : 100) };
    });
    const rows = workflowTable(
      mixedExperiment(
        [
          { name: 'rare', runs: 25 },
          { name: 'many', runs: 75, priority: 3 },
        ],
        tasks,
      ),
    ).objects() as { workflow: string; finished: number; tasksPerSecond: number; priority: number }[];
    expect(rows.map(({ workflow, finished }) => [workflow, finished])).toEqual([
      ['rare', 25],
      ['many', 75],
      ['together', 100],
    ]);
    const [rare, many, together] = rows;
    // From 0 to the end of the last of the rare ones, at 960 + 500.
    expect(together?.tasksPerSecond).toBeCloseTo(100 / 1.46, 9);
    expect((rare?.tasksPerSecond ?? 0) + (many?.tasksPerSecond ?? 0)).toBeCloseTo(together?.tasksPerSecond ?? 0, 9);
    expect(many?.priority).toBe(3);
  });
});
