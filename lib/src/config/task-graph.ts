import { seededRandom } from '../random/seeded-random.ts';
import type { Shape } from './shape.ts';

/** Which tasks of a run come after which, by task index: every task has a greater index than those that it comes after. */
export interface TaskGraph {
  readonly taskCount: number;
  /** Where the parents of each task begin in `parents`, and one more for the end: `taskCount` + 1 numbers. */
  readonly first: Int32Array;
  /** Parents of all tasks, one task after the other, ascending. */
  readonly parents: Int32Array;
}

/** The graph of a config's runs; undefined where no task waits for another. */
export function taskGraph({
  shape,
  tasks_per_workflow: taskCount,
}: {
  readonly shape: Shape;
  readonly tasks_per_workflow: number;
}): TaskGraph | undefined {
  if (shape === 'parallel') return undefined;
  return graphOf(taskCount, parentsBy(shape));
}

/** The graph of so many tasks. `parentsAt` answers indexes below its own; a task named twice counts once. */
export function graphOf(taskCount: number, parentsAt: (task: number) => readonly number[]): TaskGraph {
  const first = new Int32Array(taskCount + 1);
  const parents: number[] = [];
  for (let task = 0; task < taskCount; task++) {
    for (const parent of [...new Set(parentsAt(task))].sort((one, other) => one - other)) parents.push(parent);
    first[task + 1] = parents.length;
  }
  return { taskCount, first, parents: Int32Array.from(parents) };
}

function parentsBy(shape: Exclude<Shape, 'parallel'>): (task: number) => readonly number[] {
  if (shape === 'chain') return (task) => (task === 0 ? [] : [task - 1]);
  if ('fan_out_in' in shape) {
    const block = shape.fan_out_in + 1;
    // Task 0 is the source of the first fan, each join the source of the next.
    return (task) => {
      if (task === 0) return [];
      if (task % block === 0) return range(task - block + 1, task);
      return [Math.floor(task / block) * block];
    };
  }
  if ('tree' in shape) return (task) => (task === 0 ? [] : [Math.floor((task - 1) / shape.tree.fan)]);
  if ('layered' in shape) {
    const { width, parents, seed } = shape.layered;
    const random = seededRandom(seed);
    return (task) => {
      const layer = Math.floor(task / width);
      return layer === 0 ? [] : draw(width, parents, random).map((index) => (layer - 1) * width + index);
    };
  }
  return (task) => shape.tasks[task]?.after ?? [];
}

/** `count` different whole numbers below `below`: Floyd's algorithm (Bentley and Floyd, Communications of the ACM 30, 1987). */
function draw(below: number, count: number, random: () => number): number[] {
  const drawn = new Set<number>();
  for (let last = below - count; last < below; last++) {
    const number = Math.floor(random() * (last + 1));
    drawn.add(drawn.has(number) ? last : number);
  }
  return [...drawn];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** The tasks that a task comes after, ascending. */
export function parentsOf({ first, parents }: TaskGraph, task: number): Int32Array {
  return parents.subarray(first[task], first[task + 1]);
}

/** The same where there may be no graph: then a task comes after none. */
export function parentsIn(graph: TaskGraph | undefined, task: number): Int32Array {
  return graph ? parentsOf(graph, task) : none;
}

const none = new Int32Array();

/** The same graph read the other way: the parents of a task in it are those that come after it. */
export function childrenOf(graph: TaskGraph): TaskGraph {
  const { taskCount, first, parents } = graph;
  const firstChild = new Int32Array(taskCount + 1);
  for (const parent of parents) firstChild[parent + 1] = (firstChild[parent + 1] as number) + 1;
  for (let task = 0; task < taskCount; task++) firstChild[task + 1] = (firstChild[task + 1] as number) + (firstChild[task] as number);
  const next = firstChild.slice();
  const children = new Int32Array(parents.length);
  for (let task = 0; task < taskCount; task++)
    for (let at = first[task] as number; at < (first[task + 1] as number); at++) {
      const parent = parents[at] as number;
      children[next[parent] as number] = task;
      next[parent] = (next[parent] as number) + 1;
    }
  return { taskCount, first: firstChild, parents: children };
}

/** How much the longest way through the graph weighs, each task so much: with seconds, the critical path. NaN where a weight on it is NaN. */
export function longestPath(graph: TaskGraph, weight: (task: number) => number): number {
  let longest = 0;
  forEachFinish(graph, weight, (_, finish) => (longest = Math.max(longest, finish)));
  return longest;
}

/** Most tasks at once, where each takes the same time and begins as soon as those that it comes after have ended. */
export function widthOf(graph: TaskGraph): number {
  const levels = new Map<number, number>();
  forEachFinish(
    graph,
    () => 1,
    (_, level) => levels.set(level, (levels.get(level) ?? 0) + 1),
  );
  return Math.max(...levels.values());
}

/** When each task would finish, if it took so long and began as soon as those that it comes after have finished. */
export function forEachFinish(graph: TaskGraph, weight: (task: number) => number, look: (task: number, finish: number) => void): void {
  const finishes = new Float64Array(graph.taskCount);
  for (let task = 0; task < graph.taskCount; task++) {
    let begin = 0;
    // Not Math.max of all: a task may come after more than a call takes arguments.
    for (const parent of parentsOf(graph, task)) begin = Math.max(begin, finishes[parent] as number);
    finishes[task] = begin + weight(task);
    look(task, finishes[task] as number);
  }
}
