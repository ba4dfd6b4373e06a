import { isMixed, workflowsOf } from '../config/mixed.ts';
import type { Experiment } from '../results/experiment.ts';
import type { PhaseName } from '../results/phases.ts';
import { type Distribution, distribution } from './distribution.ts';
import { distributionFigures } from './distribution-figures.ts';
import type { Figure } from './figures.ts';
import { type TaskStatus, frameOf, taskStatuses } from './frame.ts';
import { chosenOf } from './number-pieces.ts';
import { perExperiment } from './per-experiment.ts';
import { type PriorityInversions, priorityInversions } from './priority-inversions.ts';
import { runSizes } from './run-sizes.ts';
import { phasePieces } from './task-phases.ts';
import { throughputFigures } from './throughput-figures.ts';
import { taskWorkflows, workflowRows } from './workflow-tasks.ts';
import { type LimitFigures, workflowLimits } from './workflow-limits.ts';

const nothing = distribution([]);

/** The phases that each workflow has figures of. */
const workflowPhases = { response: 'response time', latency: 'latency', wait: 'wait' } as const satisfies Partial<
  Record<PhaseName, string>
>;
export type WorkflowPhase = keyof typeof workflowPhases;

/** What came of one of several workflows, its share of what all of them did. */
export interface WorkflowFigures {
  /** Tasks of its runs that were accepted. */
  readonly submitted: number;
  /** Its tasks by how they ended; lost: those that did not. */
  readonly ends: Readonly<Record<TaskStatus, number>>;
  /** Of its tasks that finished and count, over the duration of the experiment: those of all workflows add up to its throughput. */
  readonly tasksPerSecond: number;
  /** Seconds. */
  readonly phases: Readonly<Record<WorkflowPhase, Distribution>>;
  readonly limits: LimitFigures;
}

/** The figures of each workflow of the config, in its order. */
export const workflowFigures = perExperiment((experiment: Experiment): readonly WorkflowFigures[] => {
  const { tasks, measured, runs } = frameOf(experiment);
  const { durationSeconds } = throughputFigures(experiment);
  const sizes = runSizes(experiment);
  const limits = workflowLimits(experiment);
  const of = taskWorkflows(experiment);
  return workflowRows(experiment).map(({ rows }, index) => {
    const isOwn = (place: number): boolean => of[measured[place] as number] === index;
    const phaseOf = (phase: WorkflowPhase): Distribution => distribution(chosenOf(phasePieces(experiment, phase), isOwn));
    const count = (status: TaskStatus): number => {
      const code = taskStatuses.indexOf(status);
      return rows.reduce((sum, row) => sum + (tasks.status[row] === code ? 1 : 0), 0);
    };
    const [finished, failed, cancelled] = [count('finished'), count('failed'), count('cancelled')];
    const submitted = sizes.submittedIf((run) => runs.workflow[run] === index);
    let own = 0;
    for (let place = 0; place < measured.length; place++) if (isOwn(place)) own++;
    return {
      submitted,
      ends: { finished, failed, cancelled, lost: Math.max(submitted, rows.length) - finished - failed - cancelled },
      tasksPerSecond: own / durationSeconds,
      phases: { response: phaseOf('response'), latency: phaseOf('latency'), wait: phaseOf('wait') },
      limits: limits[index] as LimitFigures,
    };
  });
});

/** The figures of each of several workflows; none of a config that lists none. */
export function figuresOfWorkflows({
  manifest: { config },
}: {
  readonly manifest: Pick<Experiment['manifest'], 'config'>;
}): readonly Figure[] {
  if (!isMixed(config)) return [];
  return workflowsOf(config).flatMap(({ name, limits: { concurrency, rate } }) =>
    oneWorkflow(name, { hasConcurrency: concurrency !== undefined, hasRate: rate !== undefined }),
  );
}

/** The figure of a workflow by its whole name, whatever experiments it is asked of; NaN in those that have no such workflow. Undefined where the name is none of a workflow's. */
export function workflowFigureNamed(name: string): Figure | undefined {
  const workflow = /^workflow\.([a-z][a-z0-9-]*)\./.exec(name)?.[1];
  if (workflow === undefined) return undefined;
  return oneWorkflow(workflow, { hasConcurrency: true, hasRate: true }).find((figure) => figure.name === name);
}

function oneWorkflow(
  name: string,
  { hasConcurrency, hasRate }: { readonly hasConcurrency: boolean; readonly hasRate: boolean },
): readonly Figure[] {
  const of = (experiment: Experiment): WorkflowFigures | undefined => {
    const { config } = experiment.manifest;
    const index = isMixed(config) ? workflowsOf(config).findIndex((workflow) => workflow.name === name) : -1;
    return workflowFigures(experiment)[index];
  };
  const one = (
    figure: Omit<Figure, 'value' | 'name' | 'title'> & { name: string; title: string },
    value: (figures: WorkflowFigures) => number,
  ): Figure => ({
    ...figure,
    name: `workflow.${name}.${figure.name}`,
    title: `${name}: ${figure.title}`,
    value: (experiment) => {
      const figures = of(experiment);
      return figures ? value(figures) : Number.NaN;
    },
  });
  return [
    ...(Object.keys(workflowPhases) as WorkflowPhase[]).flatMap((phase) =>
      distributionFigures(
        `workflow.${name}.${phase}`,
        `${name}: ${workflowPhases[phase]}`,
        (experiment) => of(experiment)?.phases[phase] ?? nothing,
        {
          times: phase === 'latency' ? ['created', 'finished'] : phase === 'wait' ? ['created', 'dispatched'] : [],
        },
      ),
    ),
    one({ name: 'tasksPerSecond', title: 'throughput', unit: 'tasksPerSecond', better: 'more' }, ({ tasksPerSecond }) => tasksPerSecond),
    one({ name: 'tasks.submitted', title: 'tasks submitted', unit: 'count' }, ({ submitted }) => submitted),
    ...taskStatuses.map((status) =>
      one(
        { name: `tasks.${status}`, title: `tasks ${status}`, unit: 'count', better: status === 'finished' ? 'more' : 'less' },
        ({ ends }) => ends[status],
      ),
    ),
    one({ name: 'running.max', title: 'tasks running at once at most', unit: 'count' }, ({ limits }) => limits.runningMost),
    ...(hasConcurrency
      ? [
          one(
            { name: 'concurrency.breach', title: 'time with more running than its limit', unit: 'seconds', better: 'less' },
            ({ limits }) => limits.concurrencyBreachSeconds,
          ),
        ]
      : []),
    ...(hasRate
      ? [
          one(
            { name: 'rate.max', title: 'tasks begun within the time of its limit, at most', unit: 'count' },
            ({ limits }) => limits.begunMost,
          ),
          one(
            { name: 'rate.breach', title: 'time with more begun than its limit', unit: 'seconds', better: 'less' },
            ({ limits }) => limits.rateBreachSeconds,
          ),
        ]
      : []),
  ];
}

const hasPriorities = ({ manifest: { config } }: Experiment): boolean =>
  new Set(workflowsOf(config).map(({ priority }) => priority)).size > 1;

const inversionNames: Readonly<Record<Exclude<keyof PriorityInversions, 'behindSeconds'>, Pick<Figure, 'name' | 'title' | 'unit'>>> = {
  tasks: { name: 'inversions.tasks', title: 'tasks taken while one of a higher priority waited', unit: 'count' },
  ratio: { name: 'inversions.ratio', title: 'those of the tasks of lower priorities', unit: 'ratio' },
  overtaken: { name: 'inversions.overtaken', title: 'tasks that one of a lower priority went before', unit: 'count' },
  overtakenRatio: { name: 'inversions.overtakenRatio', title: 'those of the tasks of higher priorities', unit: 'ratio' },
};

/** What came of the priorities of workflows (`priorityInversions`). */
export const inversionFigures: readonly Figure[] = [
  ...Object.entries(inversionNames).map(([key, words]): Figure => ({
    ...words,
    better: 'less',
    appliesTo: hasPriorities,
    value: (experiment) => priorityInversions(experiment)?.[key as keyof typeof inversionNames] ?? Number.NaN,
  })),
  ...distributionFigures(
    'inversions.behind',
    'wait behind a lower priority',
    (experiment) => priorityInversions(experiment)?.behindSeconds ?? nothing,
    {
      appliesTo: hasPriorities,
    },
  ),
];
