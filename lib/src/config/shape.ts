import { z } from 'zod';
import type { Contradiction } from './check-load.ts';

/** As many as there may be tasks of a run that are told apart by name and hand. */
const mostListedTasks = 10_000;
/** Four bytes each in memory, and a row each in some engines. */
const mostDependencies = 10_000_000;
const mostWide = 1_000_000;

const positive = z.int().min(1).max(mostWide);

const kinds =
  'parallel, chain, { fan_out_in: width }, { tree: { fan, depth } }, { layered: { layers, width, parents, seed } } or { tasks: [{ after: [index, ...] }, ...] }';

/** Which tasks of a run begin after which others have ended. */
export const shapeSchema = z
  .union(
    [
      z.literal('parallel').describe('No task waits for another.'),
      z.literal('chain').describe('One after the other.'),
      z.strictObject({
        fan_out_in: positive.describe(
          'One task, so many after it, and one after all of them; with more tasks_per_workflow again, from that one on.',
        ),
      }),
      z.strictObject({
        tree: z
          .strictObject({
            fan: positive.describe('Tasks after each.'),
            depth: z.int().min(1).max(1000).describe('Levels below the first task.'),
          })
          .describe('Each task but those of the last level has so many after it.'),
      }),
      z.strictObject({
        layered: z
          .strictObject({
            layers: positive.describe('Layers of tasks.'),
            width: positive.describe('Tasks in each.'),
            parents: positive.describe('Tasks of the layer before that each comes after, drawn at random.'),
            seed: z.int().min(0).default(1).describe('The same seed gives the same shape.'),
          })
          .describe('Layers of tasks at random, as in real pipelines.'),
      }),
      z.strictObject({
        tasks: z
          .array(
            z.strictObject({
              after: z.array(z.int().min(0)).max(mostListedTasks).default([]).describe('Indexes of earlier tasks in this list, from 0.'),
            }),
          )
          .min(1)
          .max(mostListedTasks)
          .describe('Each task of a run, and which it comes after.'),
      }),
    ],
    { error: kinds },
  )
  .describe('Which tasks of a run begin after which others have ended.');

export type Shape = z.output<typeof shapeSchema>;

interface ShapedConfig {
  readonly shape: Shape;
  readonly tasks_per_workflow: number;
}

/** Finds a number of tasks that a shape does not have, and dependencies that can't be; their values may be out of range, which is reported elsewhere. */
export function checkShape({ shape, tasks_per_workflow: tasks }: ShapedConfig): Contradiction[] {
  if (typeof shape === 'string') return [];
  const refuseTasks = (expected: string): Contradiction[] => [{ path: ['tasks_per_workflow'], expected, got: tasks }];
  if ('fan_out_in' in shape) {
    const wide = shape.fan_out_in;
    return tasks > 1 && (tasks - 1) % (wide + 1) === 0
      ? []
      : refuseTasks(`${wide + 2} tasks (1 + ${wide} + 1), or ${wide + 1} more for each further fan of ${wide}`);
  }
  if ('tree' in shape) {
    const { fan, depth } = shape.tree;
    const expected = treeTasks(fan, depth);
    return tasks === expected ? [] : refuseTasks(`${expected}, the tasks of a tree of ${depth} levels below the first and a fan of ${fan}`);
  }
  if ('layered' in shape) {
    const { layers, width, parents } = shape.layered;
    if (parents > width)
      return [{ path: ['shape', 'layered', 'parents'], expected: `at most ${width}, the width of the layer before`, got: parents }];
    if ((layers - 1) * width * parents > mostDependencies)
      return [{ path: ['shape', 'layered'], expected: `at most ${mostDependencies} dependencies`, got: (layers - 1) * width * parents }];
    return tasks === layers * width ? [] : refuseTasks(`${layers * width}, the tasks of ${layers} layers of ${width}`);
  }
  if (tasks !== shape.tasks.length) return refuseTasks(`${shape.tasks.length}, as many as shape.tasks lists`);
  return shape.tasks.flatMap(({ after }, index) =>
    after
      .filter((parent) => parent >= index)
      .map((parent) => ({
        path: ['shape', 'tasks', String(index), 'after'],
        expected: index === 0 ? 'nothing: it is the first' : `indexes of earlier tasks, from 0 to ${index - 1}`,
        got: parent,
      })),
  );
}

/** 1 + fan + fan² ... */
function treeTasks(fan: number, depth: number): number {
  let level = 1;
  let all = 1;
  for (let below = 0; below < depth; below++) all += level *= fan;
  return all;
}

/** A shape in words, for instance `fan out to 8 and in`. */
export function describeShape(shape: Shape): string {
  if (typeof shape === 'string') return shape;
  if ('fan_out_in' in shape) return `fan out to ${shape.fan_out_in} and in`;
  if ('tree' in shape) return `tree, fan ${shape.tree.fan}, depth ${shape.tree.depth}`;
  if ('layered' in shape) {
    const { layers, width, parents, seed } = shape.layered;
    return `${layers} layers of ${width}, ${parents} ${parents === 1 ? 'parent' : 'parents'} each (seed ${seed})`;
  }
  return `${shape.tasks.length} listed tasks`;
}
