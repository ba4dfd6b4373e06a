import type { Experiment } from '../../src/results/experiment.ts';
import type { ExperimentTimes } from '../../src/results/manifest.ts';
import type { Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from './build-experiment.ts';

/** Zero of all times below, epoch milliseconds. */
export const zeroMs = Date.UTC(2026, 10, 23, 10, 0, 0);

const unknown = Number.NaN;

interface Handmade {
  readonly tasks?: readonly Row<'tasks'>[];
  readonly runs?: readonly Row<'runs'>[];
  readonly processes?: readonly Row<'processes'>[];
  readonly tasksPerRun?: number;
  /** Milliseconds after zero. */
  readonly times?: Partial<ExperimentTimes>;
}

/** An experiment of exactly these rows, so that its figures can be worked out by hand. */
export function handmadeExperiment(parts: Handmade): Experiment {
  const base = buildExperiment({ runs: parts.runs?.length ?? 1, tasksPerRun: parts.tasksPerRun ?? 1 });
  const times = Object.fromEntries(Object.entries(parts.times ?? {}).map(([name, ms]) => [name, zeroMs + ms]));
  const experiment = replaceTables(base, { tasks: parts.tasks ?? [], runs: parts.runs ?? [], processes: parts.processes ?? [] });
  return { ...experiment, manifest: { ...experiment.manifest, times: { startedMs: zeroMs - 1000, ...times } } };
}

/** A task by its times in milliseconds after zero; what is left out is not known. */
export function task(
  status: 'finished' | 'failed' | 'cancelled' | 'lost',
  times: { readonly created?: number; readonly dispatched?: number; readonly started?: number; readonly finished?: number },
  place: { readonly runIndex?: number; readonly taskIndex?: number; readonly executions?: number } = {},
): Row<'tasks'> {
  const { runIndex = 0, taskIndex = 0 } = place;
  return {
    runIndex,
    taskIndex,
    status,
    createdMs: zeroMs + (times.created ?? unknown),
    dispatchedMs: zeroMs + (times.dispatched ?? unknown),
    startedMs: zeroMs + (times.started ?? unknown),
    finishedMs: zeroMs + (times.finished ?? unknown),
    attempts: 1,
    executions: place.executions ?? 1,
  };
}

/** A run sent and acknowledged at these milliseconds after zero; due at zero unless told. */
export function run(
  runIndex: number,
  sent: number,
  acknowledged: number,
  status: Row<'runs'>['status'] = 'submitted',
  more: { readonly due?: number; readonly warmUp?: boolean } = {},
): Row<'runs'> {
  return {
    runIndex,
    runId: `run-${runIndex}`,
    dueMs: zeroMs + (more.due ?? 0),
    sentMs: zeroMs + sent,
    acknowledgedMs: zeroMs + acknowledged,
    status,
    error: '',
    workflow: 'standard',
    warmUp: more.warmUp ?? false,
  };
}

/** A reading of a group of processes at `at` milliseconds after zero. */
export function reading(
  role: string,
  at: number,
  values: {
    readonly rss?: number;
    readonly cpu?: number;
    readonly count?: number;
    readonly instance?: number;
    readonly pss?: number;
    readonly wakeUps?: number;
  },
): Row<'processes'> {
  const { rss = unknown, pss = unknown, cpu = unknown, count = 1, instance = 0, wakeUps = unknown } = values;
  return { atMs: zeroMs + at, role, instance, processCount: count, rssBytes: rss, pssBytes: pss, cpuSeconds: cpu, wakeUps };
}
