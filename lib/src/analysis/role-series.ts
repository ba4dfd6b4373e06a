import type { Experiment } from '../results/experiment.ts';
import type { TargetProfile } from '../results/target-profile.ts';
import { numberColumn, textColumn } from './columns.ts';
import { perExperimentAnd } from './per-experiment.ts';

/** A group of processes that is sampled together: those that every experiment has, or one of the target's own. */
export type Role = (typeof commonRoles)[number] | (string & {});

/** `own-backends` are Postgres' backends that serve orchlab itself; they are in no figure of Postgres. */
const commonRoles = ['scheduler', 'workers', 'postgres', 'own-backends', 'driver', 'sampler'] as const;

/** The roles of the target's own, beside scheduler and workers: those that it names, and any that were sampled. */
export function furtherRoles({ manifest, processes }: Experiment): readonly Role[] {
  const named: readonly Role[] = [...((manifest.target as Partial<TargetProfile>).roles ?? []), ...textColumn(processes, 'role')];
  return [...new Set(named)].filter((role) => !(commonRoles as readonly string[]).includes(role));
}

/** All roles of an experiment, in the order of tables and plots; orchlab's own backends only where they were sampled. */
export function rolesOf(experiment: Experiment): readonly Role[] {
  const hasOwn = textColumn(experiment.processes, 'role').includes('own-backends');
  const [scheduler, workers, ...others] = commonRoles;
  return [scheduler, workers, ...furtherRoles(experiment), ...others.filter((role) => hasOwn || role !== 'own-backends')];
}

/** One role's samples by time; several schedulers are one. */
export interface RoleSeries {
  readonly atMs: Float64Array;
  readonly processCount: Float64Array;
  readonly rssBytes: Float64Array;
  /** Memory with what processes share counted once; NaN where it was not read, which is most of the time. */
  readonly pssBytes: Float64Array;
  /** CPU time so far: never falls, and rises no faster than the host's cores allow. */
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
 * Instances (several schedulers) read at the same time are summed. The CPU time of one that has ended stays in the sum; where a counter
 * fell, the process began anew. CPU that the kernel told late (of processes that nobody had seen before they were reaped) is moved
 * back to when there was room for it.
 */
export const roleSeries = perExperimentAnd((experiment: Experiment, role: Role): RoleSeries => {
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
      cpuByInstance.set(instance, cpu);
      cpuSeconds = (Number.isNaN(cpuSeconds) ? 0 : cpuSeconds) + (cpu < before ? cpu : cpu - before);
    }
    const reading = readings.get(atMs) ?? { processCount: 0, rssBytes: 0, pssBytes: 0, cpuSeconds };
    reading.processCount += column.processCount[row] ?? Number.NaN;
    reading.rssBytes += column.rssBytes[row] ?? Number.NaN;
    reading.pssBytes += column.pssBytes[row] ?? Number.NaN;
    reading.cpuSeconds = cpuSeconds;
    readings.set(atMs, reading);
  }
  const values = [...readings.values()];
  const atMs = Float64Array.from(readings.keys());
  return {
    atMs,
    processCount: Float64Array.from(values, (reading) => reading.processCount),
    rssBytes: Float64Array.from(values, (reading) => reading.rssBytes),
    pssBytes: Float64Array.from(values, (reading) => reading.pssBytes),
    cpuSeconds: spreadBack(
      atMs,
      Float64Array.from(values, (reading) => reading.cpuSeconds),
      experiment.manifest.host.cores,
    ),
  };
});

/** Makes a sum of CPU rise by `cores` a second at most, by moving what is beyond that to the time before. Writes to `cpuSeconds`. */
function spreadBack(atMs: Float64Array, cpuSeconds: Float64Array, cores: number): Float64Array {
  for (let index = cpuSeconds.length - 1; index > 0; index--) {
    const most = (cores * ((atMs[index] ?? Number.NaN) - (atMs[index - 1] ?? Number.NaN))) / 1000;
    const least = (cpuSeconds[index] ?? Number.NaN) - most;
    if ((cpuSeconds[index - 1] ?? Number.NaN) < least) cpuSeconds[index - 1] = least;
  }
  return cpuSeconds;
}
