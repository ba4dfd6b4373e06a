import type { TaskSpec } from '../task-spec.ts';

/** What the DBOS application is called in its own tables, shared by the scheduler process and the client. */
export const applicationName = 'orchlab';
export const applicationVersion = 'orchlab';
export const runQueue = 'orchlab-runs';
export const taskQueue = 'orchlab-tasks';
export const runWorkflow = 'run';
export const taskWorkflow = 'task';
export const taskStep = 'work';

/** The first message to a scheduler process. */
export interface SchedulerMessage {
  readonly instance: number;
  readonly databaseUrl: string;
  readonly workflowName: string;
  readonly task: TaskSpec;
  readonly poolSize: number;
}
