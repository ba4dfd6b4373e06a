/** What a target of one's own is made of: `orchlab/target`. It is light, for experiments load it in the process that drives them. */
export type {
  CreateTarget,
  EngineProcess,
  MetricRow,
  OpenQuery,
  OpenWork,
  ProcessExit,
  RolePattern,
  RunRequest,
  Scheduler,
  Target,
  TargetContext,
  TaskRow,
} from './targets/target.ts';
export { type TaskGraph, parentsOf, taskGraph } from './config/task-graph.ts';
export { type Workflow, configOf, isMixed, workflowsOf } from './config/mixed.ts';
export { runOf, tasksOf, type WorkflowTask, type WorkflowTasks, workflowTasks } from './targets/workflow-tasks.ts';
export type { TaskSpec } from './targets/task-spec.ts';
export type { Ceiling } from './results/ceiling.ts';
export type { Places, TaskTimes } from './results/target-profile.ts';
export { boundedPlaces, dispatchSettings, optionWarnings } from './targets/target-profile.ts';
export { type TaskIdentity, executeTask } from './targets/execute-task.ts';
export { readBatches } from './targets/read-batches.ts';
export { type SchedulerProcessOptions, startSchedulerProcess } from './targets/scheduler-process.ts';
export { openOwnPool, openPool, openSubmitPool } from './targets/target-pool.ts';
export { workflowKey, workflowName } from './targets/workflow-key.ts';
