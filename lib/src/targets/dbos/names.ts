import type { TaskGraph } from '../../config/task-graph.ts';
import type { TaskSpec } from '../task-spec.ts';
import { workflowKey } from '../workflow-key.ts';

/**
 * What a config's DBOS application is called in DBOS's tables, shared by the scheduler process and the client.
 *
 * A process takes only what is of its own application version and in its own queues: several configs can share a database.
 */
export interface DbosNames {
  readonly application: string;
  readonly version: string;
  readonly runQueue: string;
  readonly taskQueue: string;
}

export function dbosNames(configName: string): DbosNames {
  const application = `orchlab-${workflowKey(configName)}`;
  return { application, version: application, runQueue: `${application}-runs`, taskQueue: `${application}-tasks` };
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
  readonly task: TaskSpec;
  readonly poolSize: number;
  /** How a step is tried again, where it fails: as DBOS takes it. Empty: it is not. */
  readonly retries: {
    readonly retriesAllowed?: boolean;
    readonly maxAttempts?: number;
    readonly intervalSeconds?: number;
    readonly backoffRate?: number;
  };
  /** Which tasks of a run come after which. Left out: none waits for another. */
  readonly graph?: TaskGraph;
  /** Between two looks at whether a task has ended that others come after. */
  readonly waitIntervalMs: number;
}
