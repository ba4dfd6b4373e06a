import { z } from 'zod';
import { type LoadSize, arrivalSchema, expectedRuns, mostRuns, sizesOf } from './arrival.ts';
import type { Contradiction } from './check-load.ts';
import { durationSchema } from './duration.ts';
import { type Shape, checkShape, shapeSchema } from './shape.ts';
import { type TaskDuration, longestDraw, meanOfDraws, shortestDraw, taskDurationSchema } from './task-duration.ts';
import { type Work, workSchema } from './work.ts';
import { longestTimerSeconds } from '../timing/clock.ts';

/** What is told apart by colour and by a byte; more is a slip of the keyboard. */
const mostWorkflows = 100;
/** What every engine's own number takes, turned round where its own order is the other way. */
export const mostPriority = 10_000;
const mostTasks = 100_000_000;

const positiveSeconds = z.number().positive().max(longestTimerSeconds);

/** How many tasks of a workflow may run, and begin, by the engine's own means. */
const limitsSchema = z
  .strictObject({
    concurrency: z.int().min(1).max(mostTasks).optional().describe('Tasks of the workflow that run at once, at most, in all schedulers.'),
    rate: z
      .strictObject({
        tasks: z.int().min(1).max(mostTasks).describe('Tasks of the workflow that begin in any such time, at most.'),
        seconds: durationSchema(positiveSeconds).describe('How long the time is: seconds, or 90s, 45m.'),
      })
      .optional()
      .describe('How many tasks of the workflow begin in a time.'),
  })
  .describe("Kept by the engine's own means; a target without any is refused.");

export type Limits = z.output<typeof limitsSchema>;

/** One of several workflows of a config. What it leaves out is as the config has it. */
const mixedWorkflowSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, { error: 'at most 31 of a-z, 0-9 and dashes, beginning with a letter' })
    .describe('What its figures go by: at most 31 of a-z, 0-9 and dashes.'),
  runs: z.int().min(1).max(mostRuns).optional().describe('Runs to submit of it. Or load_seconds, here or in the config.'),
  load_seconds: durationSchema(positiveSeconds).optional().describe('How long its load lasts: seconds, or 90s, 45m, 6h.'),
  arrival: arrivalSchema.optional(),
  tasks: z.int().min(1).max(mostTasks).optional().describe('Tasks of each of its runs. Default: tasks_per_workflow.'),
  duration: taskDurationSchema.optional().describe("How long each of its tasks works. Default: the config's duration."),
  shape: shapeSchema.optional(),
  work: workSchema.optional(),
  priority: z
    .int()
    .min(-mostPriority)
    .max(mostPriority)
    .default(0)
    .describe("A higher number goes first, whatever the engine's own order of numbers."),
  limits: limitsSchema.optional(),
});

export type MixedWorkflow = z.output<typeof mixedWorkflowSchema>;

export const mixedWorkflowsSchema = z
  .array(mixedWorkflowSchema)
  .min(1)
  .max(mostWorkflows)
  .describe('Several workflows at once, each with its own load (docs/mixed.md).');

/** A workflow of a config, with what the config says for all of its workflows filled in. */
export interface Workflow {
  readonly name: string;
  /** Tasks of each of its runs. */
  readonly tasks: number;
  readonly duration: TaskDuration;
  readonly shape: Shape;
  readonly work?: Work | undefined;
  readonly priority: number;
  readonly limits: Limits;
}

/** What of a config says which workflows it has. */
export interface WorkflowsConfig {
  readonly name: string;
  readonly workflows?: number | readonly MixedWorkflow[] | undefined;
  readonly tasks_per_workflow: number;
  readonly duration: TaskDuration;
  readonly shape: Shape;
  readonly work?: Work | undefined;
}

/** Whether a config lists its workflows, with what each differs in. */
export function isMixed({ workflows }: Pick<WorkflowsConfig, 'workflows'>): boolean {
  return Array.isArray(workflows);
}

/** The workflows of a config, in its order; one of the config's own name where it lists none. */
export function workflowsOf(config: WorkflowsConfig): readonly Workflow[] {
  const { name, workflows, tasks_per_workflow: tasks, duration, shape, work } = config;
  const common = { tasks, duration, shape, work, priority: 0, limits: {} };
  if (typeof workflows !== 'object') return [{ name, ...common }];
  return workflows.map((own) => ({
    name: own.name,
    tasks: own.tasks ?? tasks,
    duration: own.duration ?? duration,
    shape: own.shape ?? shape,
    work: own.work ?? work,
    priority: own.priority,
    limits: own.limits ?? {},
  }));
}

/** A config as one of its workflows has it, for what looks at the tasks of one workflow; how many runs there are it does not say any more where it listed several. */
export function configOf<C extends WorkflowsConfig>(config: C, { tasks, duration, shape, work }: Workflow): C {
  if (!isMixed(config)) return config;
  return { ...config, workflows: undefined, tasks_per_workflow: tasks, duration, shape, work };
}

/** Tasks of a run of a workflow, by the workflow's name. */
export function tasksByWorkflow(config: WorkflowsConfig): (workflow: string) => number {
  const tasks = new Map(workflowsOf(config).map((workflow) => [workflow.name, workflow.tasks]));
  return (workflow) => tasks.get(workflow) ?? config.tasks_per_workflow;
}

/** The most tasks that a run of any workflow has. */
export function mostTasksPerRun(config: WorkflowsConfig): number {
  return Math.max(...workflowsOf(config).map(({ tasks }) => tasks));
}

/** The share of each workflow in all tasks that are planned, in the order of the config; equal where that can't be told beforehand. */
export function taskShares(config: WorkflowsConfig & LoadSize): readonly number[] {
  const sizes = sizesOf(config);
  const tasks = workflowsOf(config).map((workflow, index) => workflow.tasks * (sizes[index] ? expectedRuns(sizes[index]) : 0));
  const all = tasks.reduce((sum, each) => sum + each, 0);
  return tasks.map((each) => (all > 0 ? each / all : 1 / tasks.length));
}

/** What tasks work on average, of all workflows, seconds. */
export function meanTaskSeconds(config: WorkflowsConfig & LoadSize): number {
  const shares = taskShares(config);
  return workflowsOf(config).reduce((sum, { duration }, index) => sum + (shares[index] ?? 0) * meanOfDraws(duration), 0);
}

/** The shortest that any task may work, seconds. */
export function shortestTaskSeconds(config: WorkflowsConfig): number {
  return Math.min(...workflowsOf(config).map(({ duration }) => shortestDraw(duration)));
}

/** The longest that any task may work, seconds. */
export function longestTaskSeconds(config: WorkflowsConfig): number {
  return Math.max(...workflowsOf(config).map(({ duration }) => longestDraw(duration)));
}

interface MixedConfig extends Omit<WorkflowsConfig, 'name'> {
  readonly backlog?: number | undefined;
  readonly history?: number | undefined;
}

/** Finds what does not go together in a list of workflows beside their loads; their values may be out of range, which is reported elsewhere. */
export function checkMixed(config: MixedConfig): Contradiction[] {
  const { workflows } = config;
  if (typeof workflows !== 'object') return [];
  const names = workflows.map(({ name }) => name);
  return [
    ...names.flatMap((name, index) =>
      names.indexOf(name) < index ? [{ path: ['workflows', String(index), 'name'], expected: 'a name of its own', got: name }] : [],
    ),
    // Which of the workflows they would be of nothing says.
    ...(['backlog', 'history'] as const).flatMap((key) =>
      config[key] === undefined
        ? []
        : [{ path: [key], expected: 'nothing here: with a list of workflows it is of none of them', got: config[key] }],
    ),
    ...workflowsOf({ name: '', ...config }).flatMap(({ shape, tasks }, index) =>
      checkShape({ shape, tasks_per_workflow: tasks }).map(({ path, ...problem }) => {
        const [key = '', ...rest] = path;
        const own = key === 'tasks_per_workflow' ? 'tasks' : key;
        return {
          ...problem,
          path: workflows[index]?.[own as 'tasks' | 'shape'] === undefined ? path : ['workflows', String(index), own, ...rest],
        };
      }),
    ),
  ];
}
