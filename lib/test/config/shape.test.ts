import { describe, expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfigFile } from '../../src/config/perf-config.ts';
import { type TaskGraph, childrenOf, longestPath, parentsOf, taskGraph, widthOf } from '../../src/config/task-graph.ts';

const shaped = (shape: PerfConfigFile['shape'], tasks: number): TaskGraph | undefined =>
  taskGraph(createConfig({ workflows: 1, tasks_per_workflow: tasks, duration: 0, shape }));

const parents = (graph: TaskGraph | undefined): number[][] =>
  graph === undefined ? [] : Array.from({ length: graph.taskCount }, (_, task) => [...parentsOf(graph, task)]);

describe('the shape of a run', () => {
  it.each([
    ['chain', 3, [[], [0], [1]]],
    [{ fan_out_in: 2 }, 4, [[], [0], [0], [1, 2]]],
    [{ fan_out_in: 2 }, 7, [[], [0], [0], [1, 2], [3], [3], [4, 5]]],
    [{ tree: { fan: 2, depth: 2 } }, 7, [[], [0], [0], [1], [1], [2], [2]]],
    [{ layered: { layers: 2, width: 2, parents: 2 } }, 4, [[], [], [0, 1], [0, 1]]],
    [{ tasks: [{}, {}, { after: [1, 0, 1] }] }, 3, [[], [], [0, 1]]],
  ] as const)('%j of %i tasks', (shape, tasks, expected) => {
    expect(parents(shaped(shape as PerfConfigFile['shape'], tasks))).toEqual(expected);
  });

  it('is parallel where nothing is said: there is no graph', () => {
    expect(createConfig({ workflows: 1, tasks_per_workflow: 3, duration: 0 }).shape).toBe('parallel');
    expect(shaped('parallel', 3)).toBeUndefined();
  });

  it('draws as many different parents of the layer before, the same for the same seed', () => {
    const layered = (seed: number): number[][] => parents(shaped({ layered: { layers: 5, width: 10, parents: 3, seed } }, 50));
    for (const [task, found] of layered(7).entries()) {
      const layer = Math.floor(task / 10);
      expect(found).toHaveLength(layer === 0 ? 0 : 3);
      expect(new Set(found).size).toBe(found.length);
      for (const parent of found) expect(Math.floor(parent / 10)).toBe(layer - 1);
    }
    expect(layered(7)).toEqual(layered(7));
    expect(layered(7)).not.toEqual(layered(8));
  });

  it('knows its longest way and its width', () => {
    const graph = shaped({ fan_out_in: 3 }, 9) as TaskGraph;
    expect(longestPath(graph, () => 0.5)).toBe(2.5);
    expect(longestPath(graph, (task) => (task === 2 ? 10 : 1))).toBe(14);
    expect(widthOf(graph)).toBe(3);
    expect(parents(childrenOf(graph))).toEqual([[1, 2, 3], [4], [4], [4], [5, 6, 7], [8], [8], [8], []]);
  });

  it.each([
    [{ fan_out_in: 3 }, 6, 'tasks_per_workflow: expected 5 tasks (1 + 3 + 1), or 4 more for each further fan of 3, got 6'],
    [
      { tree: { fan: 3, depth: 2 } },
      12,
      'tasks_per_workflow: expected 13, the tasks of a tree of 2 levels below the first and a fan of 3, got 12',
    ],
    [{ layered: { layers: 2, width: 3, parents: 1 } }, 5, 'tasks_per_workflow: expected 6, the tasks of 2 layers of 3, got 5'],
    [
      { layered: { layers: 2, width: 3, parents: 4 } },
      6,
      'shape.layered.parents: expected at most 3, the width of the layer before, got 4',
    ],
    [{ tasks: [{}, { after: [1] }] }, 2, 'shape.tasks.1.after: expected indexes of earlier tasks, from 0 to 0, got 1'],
    ['star', 2, 'shape: expected parallel, chain, { fan_out_in: width }'],
  ] as const)('refuses %j of %i tasks', (shape, tasks, message) => {
    expect(() => shaped(shape as PerfConfigFile['shape'], tasks)).toThrow(message);
  });
});
