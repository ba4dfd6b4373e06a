import { type LoadSize, type WorkflowSize, describeArrival, plannedRuns, sizesOf } from './arrival.ts';
import { type Limits, type Workflow, type WorkflowsConfig, workflowsOf } from './mixed.ts';
import { describeShape } from './shape.ts';
import { describeDuration } from './task-duration.ts';

/** The workflows of a config in words, one each, by name. */
export function describeWorkflows(config: WorkflowsConfig & LoadSize): readonly (readonly [name: string, words: string])[] {
  const sizes = sizesOf(config);
  return workflowsOf(config).map((workflow, index) => [
    workflow.name,
    describeWorkflow(workflow, sizes[index] ?? { arrival: config.arrival }),
  ]);
}

/** For instance `constant, 20 runs/s for 30s, 5 tasks each (chain), 0.1 s each, priority 5, at most 3 running`. */
function describeWorkflow({ tasks, duration, shape, priority, limits }: Workflow, size: WorkflowSize): string {
  const runs = plannedRuns(size);
  const load = size.load_seconds === undefined ? '' : ` for ${size.load_seconds}s`;
  return [
    size.arrival === 'burst' ? `${runs} ${runs === 1 ? 'run' : 'runs'} at once` : `${describeArrival(size.arrival)}${load}`,
    `${tasks} ${tasks === 1 ? 'task' : 'tasks'} each${shape === 'parallel' ? '' : ` (${describeShape(shape)})`}`,
    `${describeDuration(duration)}${typeof duration === 'number' ? ' each' : ''}`,
    ...(priority === 0 ? [] : [`priority ${priority}`]),
    ...describeLimits(limits),
  ].join(', ');
}

/** Nothing without limits. */
export function describeLimits({ concurrency, rate }: Limits): readonly string[] {
  return [
    ...(concurrency === undefined ? [] : [`at most ${concurrency} running`]),
    ...(rate === undefined ? [] : [`at most ${rate.tasks} begun in ${rate.seconds} s`]),
  ];
}
