import { DBOS, type WorkflowHandle } from '@dbos-inc/dbos-sdk';
import { type TaskGraph, childrenOf, parentsOf } from '../../config/task-graph.ts';

/** DBOS.waitFirst names each workflow in its query, and Postgres takes no more than 65,535 parameters. */
const mostAtOnce = 10_000;

/**
 * Inside a workflow: starts each task of a graph when those that it comes after have ended, however they ended, and resolves when all have.
 *
 * What it does next follows from the results of DBOS.waitFirst alone, which DBOS keeps: a workflow that is recovered starts the same tasks in
 * the same order. Where only one task can come next it waits for all of its parents at once, for each waitFirst is a step that takes
 * its time.
 */
export async function startInOrder(
  graph: TaskGraph,
  start: (task: number) => Promise<WorkflowHandle<unknown>>,
  pollingIntervalMs: number,
): Promise<void> {
  const { taskCount } = graph;
  const children = childrenOf(graph);
  const handles: WorkflowHandle<unknown>[] = [];
  const taskOf = new Map<string, number>();
  /** Started, not known to have ended, and with a child that waits for it; in the order of their starts. */
  const awaited = new Map<number, WorkflowHandle<unknown>>();
  const openParents = Int32Array.from({ length: taskCount }, (_, task) => parentsOf(graph, task).length);

  const begin = async (task: number): Promise<void> => {
    const handle = await start(task);
    handles.push(handle);
    taskOf.set(handle.workflowID, task);
    if (parentsOf(children, task).length > 0) awaited.set(task, handle);
  };
  const ended = async (task: number): Promise<void> => {
    awaited.delete(task);
    for (const child of parentsOf(children, task)) {
      openParents[child] = (openParents[child] as number) - 1;
      if (openParents[child] === 0) await begin(child);
    }
  };

  for (let task = 0; task < taskCount; task++) if (openParents[task] === 0) await begin(task);
  while (awaited.size > 0) {
    if (haveOneChild(awaited.keys(), children)) {
      await DBOS.waitAll([...awaited.values()], { pollingIntervalMs });
      const together = [...awaited.keys()];
      for (const task of together) await ended(task);
    } else {
      const first = await DBOS.waitFirst([...awaited.values()].slice(0, mostAtOnce), { pollingIntervalMs });
      await ended(taskOf.get(first.workflowID) as number);
    }
  }
  await DBOS.waitAll(handles);
}

/** Whether the tasks have one child in all. */
function haveOneChild(tasks: Iterable<number>, children: TaskGraph): boolean {
  let only: number | undefined;
  for (const task of tasks)
    for (const child of parentsOf(children, task)) {
      if (only !== undefined && only !== child) return false;
      only = child;
    }
  return true;
}
