import { type Workflow, configOf, isMixed, workflowsOf } from '../config/mixed.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { type TaskGraph, taskGraph } from '../config/task-graph.ts';
import { payloadOf } from './payload.ts';
import type { TaskSpec } from './task-spec.ts';

/** What the tasks of a run do and wait for, by its workflow's name. Plain data: it is sent to scheduler processes. */
export type WorkflowTasks = Readonly<Record<string, WorkflowTask>>;

export interface WorkflowTask {
  readonly task: TaskSpec;
  /** Left out: none waits for another. */
  readonly graph?: TaskGraph;
}

/** The tasks of each workflow of a config: `task` with what each workflow asks itself. */
export function workflowTasks(config: PerfConfig, task: TaskSpec): WorkflowTasks {
  return Object.fromEntries(
    workflowsOf(config).map((workflow) => {
      const graph = taskGraph(configOf(config, workflow));
      const { work: _, ...common } = task;
      const own: TaskSpec = { ...common, duration: workflow.duration, ...(workflow.work && { work: workflow.work }) };
      return [workflow.name, { task: own, ...(graph && { graph }) }];
    }),
  );
}

/** What a workflow of a message does, by its name; the only one where the job says none. Throws on one that the message does not have. */
export function tasksOf(tasks: WorkflowTasks, name: string | undefined): WorkflowTask {
  const found = name === undefined ? Object.values(tasks)[0] : tasks[name];
  if (found === undefined) throw new Error(`a job of workflow ${name}: expected one of ${Object.keys(tasks).join(', ')}`);
  return found;
}

/** The workflow of a run, and what its jobs have to say of it: nothing where a config lists none. */
export function runOf(config: PerfConfig, workflow: Workflow | undefined): { readonly workflow: Workflow; readonly label?: string } {
  const [only] = workflowsOf(config);
  const found = workflow ?? only;
  if (found === undefined) throw new Error('a config without a workflow');
  return { workflow: found, ...(isMixed(config) && { label: found.name }) };
}

/** What each task of a workflow is submitted with. */
export function payloadFor({ work }: Workflow): string {
  return payloadOf(work?.payload_bytes_in ?? 0);
}
