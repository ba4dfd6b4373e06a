import { type Limits, isMixed, mostPriority, workflowsOf } from '../../config/mixed.ts';
import type { PerfConfig } from '../../config/perf-config.ts';
import type { WorkflowTasks } from '../workflow-tasks.ts';
import { workflowKey } from '../workflow-key.ts';

/**
 * What a config's DBOS application is called in DBOS's tables, shared by the scheduler process and the client.
 *
 * A process takes only what is of its own application version and in its own queues: several configs can share a database.
 */
export interface DbosNames {
  readonly application: string;
  readonly version: string;
  /** Of the runs of each workflow, which may differ in their number of tasks. */
  readonly runQueues: Readonly<Record<string, string>>;
  /** Of the tasks of each workflow: one for all of them but those that have limits, for limits are of a queue, and its order by priority is. */
  readonly taskQueues: Readonly<Record<string, string>>;
  /** That of workflows without limits, and of the history. */
  readonly taskQueue: string;
}

export function dbosNames(config: PerfConfig): DbosNames {
  const application = `orchlab-${workflowKey(config.name)}`;
  const taskQueue = `${application}-tasks`;
  const workflows = workflowsOf(config);
  const own = (name: string): string => (isMixed(config) ? `-${name}` : '');
  return {
    application,
    version: application,
    taskQueue,
    runQueues: Object.fromEntries(workflows.map(({ name }) => [name, `${application}-runs${own(name)}`])),
    taskQueues: Object.fromEntries(workflows.map(({ name, limits }) => [name, isLimited(limits) ? `${taskQueue}${own(name)}` : taskQueue])),
  };
}

export function isLimited({ concurrency, rate }: Limits): boolean {
  return concurrency !== undefined || rate !== undefined;
}

/** DBOS takes lower numbers first, from 0 on, which is what tasks without a priority have. */
export function dbosPriority(priority: number): number {
  return mostPriority - priority;
}

export const runWorkflow = 'run';
/** What schedules of periodic work begin. */
export const firingWorkflow = 'fire';
export const taskWorkflow = 'task';
export const taskStep = 'work';

/** The first message to a scheduler process. */
export interface SchedulerMessage {
  readonly instance: number;
  readonly databaseUrl: string;
  readonly names: DbosNames;
  readonly workflowName: string;
  readonly tasks: WorkflowTasks;
  /** As DBOS takes it, by workflow. Left out: all have the same. */
  readonly priorities?: Readonly<Record<string, number>>;
  readonly poolSize: number;
  /** How a step is tried again, where it fails: as DBOS takes it. Empty: it is not. */
  readonly retries: {
    readonly retriesAllowed?: boolean;
    readonly maxAttempts?: number;
    readonly intervalSeconds?: number;
    readonly backoffRate?: number;
  };
  /** Between two looks at whether a task has ended that others come after. */
  readonly waitIntervalMs: number;
}
