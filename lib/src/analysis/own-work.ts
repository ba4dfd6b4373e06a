import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { risenCounter } from './counter-rate.ts';
import { resourceFigures } from './resources.ts';

/** What orchlab itself did in the experiment's database: in no figure of the engine or of Postgres. NaN for what was not sampled. */
export interface OwnWork {
  /** Counts of the tasks, looks at the runs in flight, samples. */
  readonly transactions: number;
  /** Of the backends that served them, where Postgres runs on this machine. */
  readonly cpuSeconds: number;
  /** Share of all that Postgres used, this included. */
  readonly postgresCpuRatio: number;
}

export function ownWork(experiment: Experiment): OwnWork {
  const { postgres } = experiment;
  const hasCount = postgres.numRows() > 0 && postgres.columnNames().includes('ownTransactions');
  const { cpuSeconds } = resourceFigures(experiment, 'own-backends');
  return {
    transactions: hasCount ? (risenCounter(numberColumn(postgres, 'ownTransactions')).at(-1) ?? Number.NaN) : Number.NaN,
    cpuSeconds,
    postgresCpuRatio: cpuSeconds / (cpuSeconds + resourceFigures(experiment, 'postgres').cpuSeconds),
  };
}

/** How late timers in the driver came: so long it could do nothing else. NaN where it was not measured. */
export interface EventLoopDelay {
  readonly p99: number;
  readonly max: number;
}

export function eventLoopDelay({ manifest }: Experiment): EventLoopDelay {
  const { p99Ms = Number.NaN, maxMs = Number.NaN } = manifest.eventLoopDelay ?? {};
  return { p99: p99Ms / 1000, max: maxMs / 1000 };
}
