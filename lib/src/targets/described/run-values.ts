import { ConfigError } from '../../config/config-error.ts';
import { type Workflow, configOf, isMixed, workflowsOf } from '../../config/mixed.ts';
import type { PerfConfig } from '../../config/perf-config.ts';
import { parentsOf, taskGraph } from '../../config/task-graph.ts';
import { payloadFor } from '../workflow-tasks.ts';
import type { WorkflowAbilities } from '../workflow-abilities.ts';
import { type Values, placeholdersIn } from './placeholders.ts';
import type { TargetFile } from './target-file.ts';

/** What a submission can say of the run's workflow, beside `task_count`, `task_parents` and `work.payload`, which are those of its workflow there. */
export const runPlaceholders = [
  'run.workflow',
  'run.priority',
  'run.priority_lowest_first',
  'run.duration',
  'run.concurrency',
  'run.lock',
] as const;

/** The values that differ from workflow to workflow. */
export function workflowValues(config: PerfConfig, workflow: Workflow): Values {
  const { name, tasks, duration, priority, limits } = workflow;
  return {
    task_count: tasks,
    task_parents: JSON.stringify(parentLists(configOf(config, workflow))),
    'work.payload': payloadFor(workflow),
    'run.workflow': name,
    'run.priority': priority,
    'run.priority_lowest_first': 0 - priority,
    // Where all have one, tasks have it in their environment.
    'run.duration': differ(config, (each) => each.duration) && typeof duration === 'number' ? duration : '',
    'run.concurrency': limits.concurrency ?? '',
    'run.lock': limits.concurrency === 1 ? name : '',
  };
}

/** For each task the indexes of those that it comes after; no list where none comes after another. */
function parentLists(config: PerfConfig): number[][] {
  const graph = taskGraph(config);
  return graph ? Array.from({ length: graph.taskCount }, (_, task) => [...parentsOf(graph, task)]) : [];
}

/**
 * What a description can't do of what several workflows may ask, by the placeholders that it uses. Throws a ConfigError where the workflows of a config
 * differ in something that it says once for all of them.
 */
export function describedWorkflows(config: PerfConfig, { name, description, submit }: TargetFile): WorkflowAbilities {
  if (!isMixed(config)) return {};
  const { submit: _, history: _history, ...rest } = description;
  const inSubmit = new Set(placeholdersIn(JSON.stringify(submit)));
  const elsewhere = new Set(placeholdersIn(JSON.stringify(rest)));
  const refuseDiffering = (key: string, of: (workflow: Workflow) => unknown, reason: string | undefined): void => {
    if (reason !== undefined && differ(config, of))
      throw new ConfigError([
        { place: `config ${config.name}`, key: 'workflows', expected: `one ${key} in all (${reason})`, got: 'several' },
      ]);
  };
  /** Said at each submission, and nowhere once for all. */
  const perRun = (placeholder: string): string | undefined => {
    if (!inSubmit.has(placeholder)) return `the submission of ${name} does not use {{${placeholder}}}`;
    return elsewhere.has(placeholder) ? `${name} uses {{${placeholder}}} for all of its runs` : undefined;
  };
  refuseDiffering(
    'number of tasks',
    (each) => each.tasks,
    description.open ? perRun('task_count') : `${name} has no \`open\`, so that runs are counted by one number of tasks`,
  );
  refuseDiffering('shape', (each) => each.shape, perRun('task_parents'));
  refuseDiffering(
    'duration',
    (each) => each.duration,
    workflowsOf(config).some(({ duration }) => typeof duration !== 'number')
      ? `tasks of ${name} draw of one distribution`
      : perRun('run.duration'),
  );
  refuseDiffering(
    'work',
    ({ work }) => work && { ...work, payload_bytes_in: 0 },
    `tasks of ${name} have their work in the environment of its schedulers`,
  );
  refuseDiffering('work.payload_bytes_in', ({ work }) => work?.payload_bytes_in ?? 0, perRun('work.payload'));
  const hasPriority = inSubmit.has('run.priority') || inSubmit.has('run.priority_lowest_first');
  const noMeans = (what: string, placeholder: string): string => `the submission of ${name} does not use {{${placeholder}}}, the ${what}`;
  return {
    noPriority: hasPriority ? undefined : (description.no_priority ?? noMeans('priority of a run', 'run.priority')),
    noConcurrency: (limit) => {
      if (inSubmit.has('run.concurrency') || (limit === 1 && inSubmit.has('run.lock'))) return undefined;
      return inSubmit.has('run.lock')
        ? `${name} has locks, which let one task run at once`
        : noMeans('limit of a workflow', 'run.concurrency');
    },
    noRate: `a description has no means to limit the rate of ${name}`,
  };
}

function differ(config: PerfConfig, of: (workflow: Workflow) => unknown): boolean {
  return new Set(workflowsOf(config).map((workflow) => JSON.stringify(of(workflow)))).size > 1;
}
