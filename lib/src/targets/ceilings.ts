import { plannedRuns, plannedSeconds } from '../config/arrival.ts';
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
  const seconds = meanWorkSeconds(config);
  if (places.kind !== 'bounded' || seconds === 0) return [];
  const { count, by, settings = [] } = places;
  const formula = `${count} ${count === 1 ? 'place' : 'places'} (${by}) / ${workWords(config)}`;
  const value = count / seconds;
  return [{ name: 'places', title: 'places for tasks', figure: 'throughput.tasksPerSecond', value, settings, formula, atOnce: count }];
}

/** What the load does not offer is not done. */
function loadCeilings(config: PerfConfig): readonly Ceiling[] {
  const { arrival, max_in_flight: bound, tasks_per_workflow: tasks } = config;
  const words = `${tasks} ${tasks === 1 ? 'task' : 'tasks'}`;
  const graph = taskGraph(config);
  /** Tasks of a run that come one after another at least. */
  const inTurn = graph ? longestPath(graph, () => 1) : 1;
  const tasksFigure = { figure: 'throughput.tasksPerSecond' } as const;
  // Of a burst all runs are in flight at once; that is a bound where their tasks come after one another.
  if (arrival === 'burst')
    return inFlightCeilings(bound ?? (graph && config.workflows), bound === undefined ? 'workflows' : 'max_in_flight');
  if ('closed' in arrival) return inFlightCeilings(arrival.closed, 'arrival.closed');
  const [kind = 'arrival'] = Object.keys(arrival);
  const rate =
    'constant' in arrival ? arrival.constant : 'poisson' in arrival ? arrival.poisson : plannedRuns(config) / plannedSeconds(config);
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

/** What a task takes of a place, in words. */
function workWords(config: PerfConfig): string {
  const executions = executionsPerTask(config);
  return `${describeDuration(config.duration)}${executions > 1 ? ` x ${Number(executions.toPrecision(3))} executions of a task` : ''}`;
}
