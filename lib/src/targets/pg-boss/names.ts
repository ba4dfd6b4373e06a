import type { WorkflowTasks } from '../workflow-tasks.ts';
import { workflowKey } from '../workflow-key.ts';

/** The queue of a config's tasks: pg-boss allows letters, digits, dashes, dots, slashes and underscores in its name. */
export function queueName(configName: string): string {
  return `orchlab-${workflowKey(configName)}`;
}

/** What schedules of periodic work put their jobs into. */
export function firingQueueName(configName: string): string {
  return `${queueName(configName)}-firings`;
}

/** pg-boss keeps everything here. */
export const schema = 'pgboss';

/** What a job carries. */
export interface TaskData {
  readonly runId: string;
  readonly taskIndex: number;
  /** Which of several workflows its run is of. Left out: there is one. */
  readonly workflow?: string;
  /** Left out: there is none. */
  readonly payload?: string;
}

/** What the handler of a job returns, or adds to its error: pg-boss keeps it in the job's `output`. */
export interface TaskOutput {
  readonly startedMs: number;
  readonly payload?: string;
}

/** The first message to a scheduler process. */
export interface SchedulerMessage {
  readonly databaseUrl: string;
  readonly queue: string;
  /** Where there is periodic work: the queue of its firings. */
  readonly firingQueue?: string;
  readonly workflowName: string;
  readonly tasks: WorkflowTasks;
  readonly options: PgBossOptions;
}

/** The scheduler block of a config as pg-boss's own options. */
export interface PgBossOptions {
  /** Workers of one job each: tasks in work at once. */
  readonly workers: number;
  readonly pollingIntervalSeconds: number;
  readonly max: number;
  /** Attempts beyond the first. */
  readonly retryLimit: number;
  /** Whole seconds. Left out: as pg-boss has it, none. */
  readonly retryDelay?: number;
  /** A job whose worker was silent for so long is given to others. Left out: pg-boss asks for no sign of life. */
  readonly heartbeatSeconds?: number;
  /** Its superviseIntervalSeconds and monitorIntervalSeconds: how often it looks for such jobs. Left out: as it has it, every 60 s. */
  readonly monitorIntervalSeconds?: number;
  /** How often it looks for jobs whose parents have ended. Left out: no job has any. */
  readonly flowIntervalSeconds?: number;
  /** Its groupConcurrency: jobs at once, by workflow, which is both group and tier of its jobs. Left out: no workflow has a limit. */
  readonly groupTiers?: Readonly<Record<string, number>>;
}
