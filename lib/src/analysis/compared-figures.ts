import { shownUnits } from './figure-units.ts';
import { type Figure, findFigure, figures, roleFigures } from './figures.ts';
import { workflowFigureNamed } from './workflow-figures.ts';

/** A figure that targets are compared by, and how it is shown. */
export interface ComparedFigure extends Pick<Figure, 'name' | 'title' | 'times'> {
  /** As shown, for instance `ms a task`. */
  readonly unit: string;
  /** So many of the figure's own unit. */
  readonly divisor: number;
  readonly better: 'more' | 'less';
}

const names = [
  'throughput.tasksPerSecond',
  'response.p50',
  'response.p99',
  'latency.p50',
  'latency.p99',
  'scheduler.cpuPerTask',
  'postgres.cpuPerTask',
  'scheduler.rssBytesPeak',
];

/** Those of every target, and of these further roles of their processes. */
export function comparedFigures(roles: readonly string[]): readonly ComparedFigure[] {
  return [...names, ...roles.flatMap((role) => [`${role}.cpuPerTask`, `${role}.rssBytesPeak`])].map((name) => comparedFigure(name, roles));
}

/** The figure of that name, of those that every target has and those of these further roles. Throws a RangeError when there is none. */
export function comparedFigure(figureName: string, roles: readonly string[]): ComparedFigure {
  const {
    name,
    title,
    unit,
    better = 'less',
    times,
  } = workflowFigureNamed(figureName) ?? findFigure(figureName, [...figures, ...roles.flatMap(roleFigures)]);
  const { symbol, divisor } = shownUnits[unit];
  return { name, title, unit: symbol, divisor, better, ...(times && { times }) };
}
