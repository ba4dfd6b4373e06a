import { describe, expect, it } from 'vitest';
import { plannedRuns, plannedSeconds } from '../../src/config/arrival.ts';
import { createConfig } from '../../src/config/load-config.ts';
import { type PerfConfigFile, taskTotal } from '../../src/config/perf-config.ts';
import { MergedSchedule } from '../../src/load/merged-schedule.ts';
import { toLoad } from '../../src/load/schedule.ts';

type Workflows = Exclude<NonNullable<PerfConfigFile['workflows']>, number>;

/** When each run is due and of which workflow it is. */
function scheduleOf(workflows: Workflows, more: Partial<PerfConfigFile> = {}): (readonly [seconds: number, workflow: string])[] {
  const load = toLoad(createConfig({ workflows: [...workflows], tasks_per_workflow: 1, duration: 0, ...more }));
  if (load.kind === 'closed') throw new Error('expected an open load');
  return [...load.due].map((seconds, index) => [seconds, workflows[load.workflowOf?.(index) ?? -1]?.name ?? '']);
}

describe('the schedules of several workflows as one', () => {
  it('have each run when its own has it due, in order', () => {
    const all = scheduleOf([
      { name: 'a', arrival: { constant: 2 }, load_seconds: 2 },
      {
        name: 'b',
        arrival: {
          steps: [
            { rate: 0, seconds: 0.7 },
            { rate: 5, seconds: 1 },
          ],
        },
      },
    ]);
    expect(all.filter(([, name]) => name === 'a')).toEqual([0, 0.5, 1, 1.5].map((seconds) => [seconds, 'a']));
    expect(all.filter(([, name]) => name === 'b').map(([seconds]) => Number(seconds.toFixed(9)))).toEqual([0.7, 0.9, 1.1, 1.3, 1.5]);
    expect(all.map(([seconds]) => seconds)).toEqual(all.map(([seconds]) => seconds).toSorted((one, other) => one - other));
  });

  it('draw among those that are due at once, each workflow as it has runs left: no burst goes before another', () => {
    const all = scheduleOf([
      { name: 'large', runs: 900 },
      { name: 'small', runs: 100 },
    ]);
    expect(all).toHaveLength(1000);
    const places = all.flatMap(([, name], index) => (name === 'small' ? [index] : []));
    expect(places).toHaveLength(100);
    // Of places drawn at random from 0 to 999 the mean is 499.5, with a standard error of 27.
    const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
    expect(Math.abs(mean - 499.5)).toBeLessThan(4 * 27);
    expect(all).toEqual(
      scheduleOf([
        { name: 'large', runs: 900 },
        { name: 'small', runs: 100 },
      ]),
    );
  });

  it('let a workflow come at the same random moments whoever is beside it, and two of one seed at others', () => {
    const victim = { name: 'victim', arrival: { poisson: 20 }, load_seconds: 5 };
    const neighbour = { ...victim, name: 'neighbour' };
    const of = (name: string, workflows: Workflows): number[] =>
      scheduleOf(workflows)
        .filter((run) => run[1] === name)
        .map(([seconds]) => seconds);
    const alone = of('victim', [victim]);
    expect(alone.length).toBeGreaterThan(50);
    expect(of('victim', [neighbour, victim])).toEqual(alone);
    expect(of('neighbour', [neighbour, victim])).not.toEqual(alone);
  });

  it('are as large as all of them, and as long as the longest', () => {
    const config = createConfig({
      workflows: [
        { name: 'a', arrival: { constant: 10 }, tasks: 3 },
        { name: 'b', runs: 5, arrival: { constant: 1 } },
        { name: 'c', runs: 7, tasks: 10 },
      ],
      load_seconds: 4,
      tasks_per_workflow: 2,
      duration: 0,
    });
    expect(plannedRuns(config)).toBe(40 + 5 + 7);
    expect(plannedSeconds(config)).toBe(5);
    expect(taskTotal(config)).toBe(120 + 10 + 70);
  });

  it('say which workflow a run is of only when they have given it', () => {
    const merged = new MergedSchedule([{ due: [0, 1], runs: 2 }]);
    expect(() => merged.workflowOf(0)).toThrow(RangeError);
    expect([...merged]).toEqual([0, 1]);
    expect(merged.workflowOf(1)).toBe(0);
  });
});
