import type { WorkflowTasks } from '../workflow-tasks.ts';
import { workflowKey } from '../workflow-key.ts';

/** The task identifier of a config's tasks: graphile-worker allows 128 characters. */
export function taskIdentifier(configName: string): string {
  return `orchlab-${workflowKey(configName)}`;
}

/** The task identifier of what schedules of periodic work begin. */
export function firingIdentifier(configName: string): string {
  return `${taskIdentifier(configName)}-firing`;
}

/** What a job carries. */
export interface TaskPayload {
  readonly runId: string;
  readonly taskIndex: number;
  /** Which of several workflows its run is of. Left out: there is one. */
  readonly workflow?: string;
  /** Left out: there is none. */
  readonly payload?: string;
}

/** The scheduler block of a config as graphile-worker's own options. */
export interface GraphileOptions {
  readonly concurrentJobs: number;
  readonly maxPoolSize: number;
  readonly pollInterval: number;
  readonly localQueue: { readonly size: number };
  readonly completeJobBatchDelay: number;
  readonly failJobBatchDelay: number;
}

/** The first message to a scheduler process. */
export interface SchedulerMessage {
  readonly databaseUrl: string;
  /** Where it notes tasks that have ended; left out: in the database. */
  readonly journalPath?: string;
  readonly identifier: string;
  /** Where there is periodic work. */
  readonly periodic?: { readonly identifier: string; readonly cron: string; readonly schedules: number };
  readonly workflowName: string;
  readonly tasks: WorkflowTasks;
  readonly options: GraphileOptions;
}
