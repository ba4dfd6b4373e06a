import { type WorkflowSize, plannedRuns, plannedSeconds, sizesOf } from '../config/arrival.ts';
import { configOf, isMixed, mostTasksPerRun, taskShares, workflowsOf } from '../config/mixed.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { longestPath, taskGraph } from '../config/task-graph.ts';
import type { Ceiling } from '../results/ceiling.ts';
import type { Target } from './target.ts';
import { describeDuration } from '../config/task-duration.ts';
import { executionsPerTask, meanWorkSeconds } from '../config/work.ts';

/** Every ceiling of an experiment, the target's and the load's, the lowest of each figure first. */
export function ceilingsOf(target: Pick<Target, 'places' | 'ceilings'>, config: PerfConfig): readonly Ceiling[] {
  return [...placesCeilings(target, config), ...(target.ceilings ?? []), ...loadCeilings(config)]
    .filter(({ value }) => value > 0 && Number.isFinite(value))
    .sort((one, other) => one.value - other.value);
}

/** A place holds a task for as long as it works. */
function placesCeilings({ places }: Pick<Target, 'places'>, config: PerfConfig): readonly Ceiling[] {
  const seconds = meanWorkOf(config);
  if (places.kind !== 'bounded' || seconds === 0) return [];
  const { count, by, settings = [] } = places;
  const formula = `${count} ${count === 1 ? 'place' : 'places'} (${by}) / ${workWords(config)}`;
  const value = count / seconds;
  return [{ name: 'places', title: 'places for tasks', figure: 'throughput.tasksPerSecond', value, settings, formula, atOnce: count }];
}

/** What the load does not offer is not done. */
function loadCeilings(config: PerfConfig): readonly Ceiling[] {
  const { arrival, workflows, max_in_flight: bound, tasks_per_workflow: tasks } = config;
  if (typeof workflows === 'object') return mixedCeilings(config);
  const words = `${tasks} ${tasks === 1 ? 'task' : 'tasks'}`;
  const graph = taskGraph(config);
  /** Tasks of a run that come one after another at least. */
  const inTurn = graph ? longestPath(graph, () => 1) : 1;
  const tasksFigure = { figure: 'throughput.tasksPerSecond' } as const;
  // Of a burst all runs are in flight at once; that is a bound where their tasks come after one another.
  if (arrival === 'burst') return inFlightCeilings(bound ?? (graph && workflows), bound === undefined ? 'workflows' : 'max_in_flight');
  if ('closed' in arrival) return inFlightCeilings(arrival.closed, 'arrival.closed');
  const [kind = 'arrival'] = Object.keys(arrival);
  const rate = rateOf({ ...config, workflows });
  const offered = { name: 'arrival', title: 'offered load', settings: [`arrival.${kind}`] };
  return [
    { ...offered, ...tasksFigure, value: rate * tasks, formula: `${rate} runs/s x ${words}`, atOnce: tasks },
    { ...offered, figure: 'throughput.runsPerSecond', value: rate, formula: `${rate} runs/s` },
    ...inFlightCeilings(bound, 'max_in_flight'),
  ];

  function inFlightCeilings(runs: number | undefined, setting: string): readonly Ceiling[] {
    const mean = meanWorkSeconds(config);
    if (runs === undefined || mean === 0) return [];
    const seconds = inTurn === 1 ? workWords(config) : `(${inTurn} tasks in turn x ${workWords(config)})`;
    const formula = `${runs} ${runs === 1 ? 'run' : 'runs'} in flight x ${words} / ${seconds}`;
    const atOnce = runs * tasks;
    const value = atOnce / (inTurn * mean);
    return [{ name: 'in-flight', title: 'runs in flight', ...tasksFigure, value, settings: [setting], formula, atOnce }];
  }
}

/** Runs a second of an open load that has a rate, on average. */
function rateOf(size: WorkflowSize): number {
  const { arrival } = size;
  if (arrival !== 'burst' && 'constant' in arrival) return arrival.constant;
  return arrival !== 'burst' && 'poisson' in arrival ? arrival.poisson : plannedRuns(size) / plannedSeconds(size);
}

/** Of several workflows what is offered is a bound where each comes at a rate. */
function mixedCeilings(config: PerfConfig): readonly Ceiling[] {
  const sizes = sizesOf(config);
  if (sizes.some(({ arrival }) => arrival === 'burst')) return [];
  const workflows = workflowsOf(config);
  const rates = sizes.map(rateOf);
  const offered = { name: 'arrival', title: 'offered load', settings: ['workflows'] };
  const value = rates.reduce((sum, rate, index) => sum + rate * (workflows[index]?.tasks ?? 0), 0);
  const words = rates.map((rate, index) => `${Number(rate.toPrecision(3))} x ${workflows[index]?.tasks} (${workflows[index]?.name})`);
  return [
    {
      ...offered,
      figure: 'throughput.tasksPerSecond',
      value,
      formula: `runs/s x tasks: ${words.join(' + ')}`,
      atOnce: mostTasksPerRun(config),
    },
    {
      ...offered,
      figure: 'throughput.runsPerSecond',
      value: rates.reduce((sum, rate) => sum + rate, 0),
      formula: `runs/s: ${rates.join(' + ')}`,
    },
  ];
}

/** Seconds that a task works on average, in all of its executions, of all workflows. */
function meanWorkOf(config: PerfConfig): number {
  const shares = taskShares(config);
  return workflowsOf(config).reduce((sum, each, index) => sum + (shares[index] ?? 0) * meanWorkSeconds(configOf(config, each)), 0);
}

/** What a task takes of a place, in words. */
function workWords(config: PerfConfig): string {
  if (isMixed(config)) return `${Number(meanWorkOf(config).toPrecision(3))} s on average of the workflows`;
  const executions = executionsPerTask(config);
  return `${describeDuration(config.duration)}${executions > 1 ? ` x ${Number(executions.toPrecision(3))} executions of a task` : ''}`;
}
