import type { TaskTimes } from '../results/target-profile.ts';
import type { Summary } from './summary.ts';

/** A figure that targets are compared by. */
export interface ComparedFigure {
  readonly title: string;
  readonly unit: string;
  /** Which end is good. */
  readonly better: 'more' | 'less';
  /** The times of a task that it is made of: engines are compared by it only where both are the same moments in all. Default: none. */
  readonly times?: readonly (keyof TaskTimes)[];
  /** NaN when it is not known. */
  value(summary: Summary): number;
}

const latencyTimes = ['created', 'finished'] as const;

/** Those of every target. */
export const comparedFigures: readonly ComparedFigure[] = [
  { title: 'throughput', unit: 'tasks/s', better: 'more', value: ({ throughput }) => known(throughput.tasksPerSecond) },
  { title: 'response time p50', unit: 's', better: 'less', value: ({ responseSeconds }) => known(responseSeconds.p50) },
  { title: 'response time p99', unit: 's', better: 'less', value: ({ responseSeconds }) => known(responseSeconds.p99) },
  { title: 'latency p50', unit: 's', better: 'less', times: latencyTimes, value: ({ latencySeconds }) => known(latencySeconds.p50) },
  { title: 'latency p99', unit: 's', better: 'less', times: latencyTimes, value: ({ latencySeconds }) => known(latencySeconds.p99) },
  {
    title: 'scheduler CPU',
    unit: 'ms a task',
    better: 'less',
    value: ({ scheduler, tasks }) => perTask(scheduler.cpuSeconds, tasks.finished),
  },
  {
    title: 'Postgres CPU',
    unit: 'ms a task',
    better: 'less',
    value: ({ postgres, tasks }) => perTask(postgres.cpuSeconds, tasks.finished),
  },
  { title: 'scheduler RSS peak', unit: 'MB', better: 'less', value: ({ scheduler }) => known(scheduler.rssBytesPeak) / 1e6 },
];

/** What a further role of a target's processes takes; not known of targets that have none. */
export function roleFigures(role: string): readonly ComparedFigure[] {
  return [
    {
      title: `${role} CPU`,
      unit: 'ms a task',
      better: 'less',
      value: ({ roles, tasks }) => perTask(roles[role]?.cpuSeconds ?? null, tasks.finished),
    },
    { title: `${role} RSS peak`, unit: 'MB', better: 'less', value: ({ roles }) => known(roles[role]?.rssBytesPeak ?? null) / 1e6 },
  ];
}

function perTask(seconds: number | null, tasks: number): number {
  return tasks > 0 ? (known(seconds) * 1000) / tasks : Number.NaN;
}

function known(value: number | null): number {
  return value ?? Number.NaN;
}
