import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { counterRateBetween } from './counter-rate.ts';

/** How busy the machine was, or what of it this container may use; NaN for what was not sampled. */
export interface HostRates {
  /** What may be used: all of the host's, or what affinity and the container's quota leave. */
  readonly cores: number;
  readonly busyRatio: number;
  readonly stealRatio: number;
  /** Of the periods of the quota, the share in which it held this container up; NaN without a quota. */
  readonly throttledRatio: number;
}

/** Over the readings from `fromMs` to `toMs`. */
export function hostRates(experiment: Experiment, fromMs: number, toMs: number): HostRates {
  const { host } = experiment.manifest;
  const cores = usableCores(experiment);
  const atMs = numberColumn(experiment.host, 'atMs');
  const rate = (column: string): number =>
    hasColumn(experiment, column) ? counterRateBetween(atMs, numberColumn(experiment.host, column), fromMs, toMs) : Number.NaN;
  return {
    cores,
    busyRatio: rate(busyColumn(experiment)) / cores,
    // The hypervisor takes from cores, whatever a quota leaves of them.
    stealRatio: rate('cpuStealSeconds') / host.cores,
    throttledRatio: rate('throttledPeriods') / rate('quotaPeriods'),
  };
}

/** How many cores may be used at once; results of before it was read have all. */
export function usableCores({ manifest: { host } }: Experiment): number {
  return host.usableCores ?? host.cores;
}

/** The counter of what is used of those: under a quota that of the container, as the rest of the host is nothing to it. */
export function busyColumn(experiment: Experiment): 'cgroupCpuSeconds' | 'cpuBusySeconds' {
  return experiment.manifest.host.cpuQuotaCores !== undefined && hasColumn(experiment, 'cgroupCpuSeconds')
    ? 'cgroupCpuSeconds'
    : 'cpuBusySeconds';
}

function hasColumn({ host }: Experiment, name: string): boolean {
  return host.columnNames().includes(name);
}
