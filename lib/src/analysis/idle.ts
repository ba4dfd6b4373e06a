import { from } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn } from './columns.ts';
import { counterRateBetween } from './counter-rate.ts';
import type { FigureTable } from './figure-tables.ts';
import { perExperiment, perExperimentAnd } from './per-experiment.ts';
import { type Role, furtherRoles } from './role-series.ts';

/** What an engine without work does in the database, a second; NaN for what was not sampled. */
export interface IdleFigures {
  /** Committed and rolled back, without orchlab's own. */
  readonly transactionsPerSecond: number;
  /** Statements executed, by pg_stat_statements. */
  readonly queriesPerSecond: number;
  /** Of the whole server. */
  readonly walBytesPerSecond: number;
}

/** What one group of processes takes while there is no work. */
export interface IdleRoleFigures {
  /** CPU seconds per second: 1 is one core, wholly used. */
  readonly cpuRatio: number;
  /** How often threads of its processes were woken, a second. */
  readonly wakeUpsPerSecond: number;
}

/** The part of the idle phase that its figures are of (experiment/idle-phase.ts says why), epoch milliseconds; undefined where there was no such phase. */
export const idleSpan = perExperiment(({ manifest }: Experiment): { readonly fromMs: number; readonly toMs: number } | undefined => {
  const { idleSettledMs, idleEndedMs } = manifest.times;
  return idleSettledMs !== undefined && idleEndedMs !== undefined && idleSettledMs < idleEndedMs
    ? { fromMs: idleSettledMs, toMs: idleEndedMs }
    : undefined;
});

/** What the engine does in the database while it has no work; NaN without an idle phase. */
export const idleFigures = perExperiment((experiment: Experiment): IdleFigures => {
  const span = idleSpan(experiment);
  if (!span) return { transactionsPerSecond: Number.NaN, queriesPerSecond: Number.NaN, walBytesPerSecond: Number.NaN };
  const { postgres } = experiment;
  const atMs = numberColumn(postgres, 'atMs');
  const rate = (column: string): number => counterRateBetween(atMs, numberColumn(postgres, column), span.fromMs, span.toMs);
  return {
    transactionsPerSecond: rate('commits') + rate('rollbacks'),
    queriesPerSecond: queriesPerSecond(experiment, span.fromMs, span.toMs),
    walBytesPerSecond: rate('walBytes'),
  };
});

/** What the processes of a role take while there is no work; NaN without an idle phase. */
export const idleRoleFigures = perExperimentAnd((experiment: Experiment, role: Role): IdleRoleFigures => {
  const span = idleSpan(experiment);
  if (!span) return { cpuRatio: Number.NaN, wakeUpsPerSecond: Number.NaN };
  const rate = (figure: keyof IdleRoleFigures): number => {
    const rates = idleReadings(experiment, role, figure).map(({ atMs, counter }) =>
      counterRateBetween(atMs, counter, span.fromMs, span.toMs),
    );
    return rates.length === 0 ? Number.NaN : rates.reduce((sum, each) => sum + each, 0);
  };
  return { cpuRatio: rate('cpuRatio'), wakeUpsPerSecond: rate('wakeUpsPerSecond') };
});

/** The roles whose cost without work is the engine's. */
export function idleRoles(experiment: Experiment): readonly Role[] {
  return ['scheduler', 'workers', ...furtherRoles(experiment), 'postgres'];
}

/**
 * What an engine without work takes of the machine, one row a group of processes; empty without an idle phase.
 *
 * Columns: role, cpuRatio, wakeUpsPerSecond.
 */
export const idleOf = perExperiment((experiment: Experiment): FigureTable<'idleOf'> => {
  const roles = idleSpan(experiment) ? idleRoles(experiment) : [];
  return from(roles.map((role) => Object.assign({ role }, idleRoleFigures(experiment, role)))) as FigureTable<'idleOf'>;
});

/** A counter of one process group, as it was read. */
export interface CounterReadings {
  /** Epoch milliseconds, rising. */
  readonly atMs: Float64Array;
  readonly counter: Float64Array;
}

const counters = { cpuRatio: 'cpuSeconds', wakeUpsPerSecond: 'wakeUps' } as const;

/** The counter that a figure of a role comes from, one a process of it (several schedulers are read at different times); none where it was not read. */
export function idleReadings({ processes }: Experiment, role: Role, figure: keyof IdleRoleFigures): readonly CounterReadings[] {
  const column = counters[figure];
  // Experiments of before wake-ups were read have no such column.
  if (!processes.columnNames().includes(column)) return [];
  const [atMs, instances, values] = [numberColumn(processes, 'atMs'), numberColumn(processes, 'instance'), numberColumn(processes, column)];
  const rows = textColumn(processes, 'role').flatMap((each, row) => (each === role && !Number.isNaN(values[row]) ? [row] : []));
  return [...Map.groupBy(rows, (row) => instances[row]).values()].map((some) => ({
    atMs: Float64Array.from(some, (row) => atMs[row] as number),
    counter: Float64Array.from(some, (row) => values[row] as number),
  }));
}

/** Statements a second: they are read at the beginning and the end of the span, and each reading tells of what was executed since the one before. */
function queriesPerSecond({ statements, statementReadings: readings }: Experiment, fromMs: number, toMs: number): number {
  // Without pg_stat_statements there are none of the load either.
  if (statements.numRows() === 0) return Number.NaN;
  const [atMs, calls] = [numberColumn(readings, 'atMs'), numberColumn(readings, 'calls')];
  const sum = calls.reduce(
    (total, count, row) => ((atMs[row] as number) > fromMs && (atMs[row] as number) <= toMs ? total + count : total),
    0,
  );
  return sum / ((toMs - fromMs) / 1000);
}
