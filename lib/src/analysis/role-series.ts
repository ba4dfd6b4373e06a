import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn } from './columns.ts';

/** A group of processes that is sampled together. */
export type Role = 'scheduler' | 'workers' | 'postgres' | 'driver' | 'sampler';

/** The roles in the order of tables and plots. */
export const roles: readonly Role[] = ['scheduler', 'workers', 'postgres', 'driver', 'sampler'];

/** One role's samples by time; several schedulers are one. */
export interface RoleSeries {
  readonly atMs: Float64Array;
  readonly processCount: Float64Array;
  readonly rssBytes: Float64Array;
  /** Memory with what processes share counted once; NaN where it was not read, which is most of the time. */
  readonly pssBytes: Float64Array;
  /** CPU time so far, never falling. */
  readonly cpuSeconds: Float64Array;
}

interface Reading {
  processCount: number;
  rssBytes: number;
  pssBytes: number;
  cpuSeconds: number;
}

/**
 * The samples of `role`, one a reading.
 *
 * Instances (several schedulers) read at the same time are summed. The CPU time of one that has ended stays in the sum. A cumulative
 * counter can't fall: where a race between two readings makes it seem so, the higher value stands.
 */
export function roleSeries(experiment: Experiment, role: Role): RoleSeries {
  const { processes } = experiment;
  const column = {
    atMs: numberColumn(processes, 'atMs'),
    instance: numberColumn(processes, 'instance'),
    processCount: numberColumn(processes, 'processCount'),
    rssBytes: numberColumn(processes, 'rssBytes'),
    // Experiments of before it was read have no such column.
    pssBytes: processes.columnNames().includes('pssBytes') ? numberColumn(processes, 'pssBytes') : new Float64Array(0),
    cpuSeconds: numberColumn(processes, 'cpuSeconds'),
  };
  const readings = new Map<number, Reading>();
  const cpuByInstance = new Map<number, number>();
  let cpuSeconds = Number.NaN;
  for (const [row, rowRole] of textColumn(processes, 'role').entries()) {
    if (rowRole !== role) continue;
    const atMs = column.atMs[row] ?? Number.NaN;
    const cpu = column.cpuSeconds[row] ?? Number.NaN;
    const instance = column.instance[row] ?? 0;
    if (!Number.isNaN(cpu)) {
      const before = cpuByInstance.get(instance) ?? 0;
      cpuByInstance.set(instance, Math.max(before, cpu));
      cpuSeconds = (Number.isNaN(cpuSeconds) ? 0 : cpuSeconds) + Math.max(0, cpu - before);
    }
    const reading = readings.get(atMs) ?? { processCount: 0, rssBytes: 0, pssBytes: 0, cpuSeconds };
    reading.processCount += column.processCount[row] ?? Number.NaN;
    reading.rssBytes += column.rssBytes[row] ?? Number.NaN;
    reading.pssBytes += column.pssBytes[row] ?? Number.NaN;
    reading.cpuSeconds = cpuSeconds;
    readings.set(atMs, reading);
  }
  const values = [...readings.values()];
  return {
    atMs: Float64Array.from(readings.keys()),
    processCount: Float64Array.from(values, (reading) => reading.processCount),
    rssBytes: Float64Array.from(values, (reading) => reading.rssBytes),
    pssBytes: Float64Array.from(values, (reading) => reading.pssBytes),
    cpuSeconds: Float64Array.from(values, (reading) => reading.cpuSeconds),
  };
}
