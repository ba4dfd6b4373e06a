import { shownUnits } from './figure-units.ts';
import { type Figure, findFigure, figures, roleFigures } from './figures.ts';

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
  const all = [...figures, ...roles.flatMap(roleFigures)];
  return [...names, ...roles.flatMap((role) => [`${role}.cpuPerTask`, `${role}.rssBytesPeak`])].map((name) => {
    const { title, unit, better = 'less', times } = findFigure(name, all);
    const { symbol, divisor } = shownUnits[unit];
    return { name, title, unit: symbol, divisor, better, ...(times && { times }) };
  });
}
