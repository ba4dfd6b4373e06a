import { table } from 'arquero';
import type { FigureTable } from './figure-tables.ts';
import type { Experiment } from '../results/experiment.ts';
import { counterRate } from './counter-rate.ts';
import { loadSpan } from './load-span.ts';
import { roleSeries, rolesOf } from './role-series.ts';

export interface ResourceSeriesOptions {
  /** Least time over which a CPU ratio is taken; smooths the steps of the kernel's clock. Default 0: from sample to sample. */
  readonly cpuSpanSeconds?: number;
}

/**
 * Memory and CPU by time, one row a sample and role; several schedulers are one.
 *
 * Columns: seconds (since the first submission, negative before it), role, rssBytes, cpuRatio (1 is one core, wholly used; NaN at the
 * first sample), processCount.
 */
export function resourceSeries(experiment: Experiment, options: ResourceSeriesOptions = {}): FigureTable<'resourceSeries'> {
  const { originMs } = loadSpan(experiment);
  const parts = rolesOf(experiment).map((role) => ({ role, series: roleSeries(experiment, role) }));
  return table({
    seconds: concat(parts.map(({ series }) => series.atMs.map((ms) => (ms - originMs) / 1000))),
    role: parts.flatMap(({ role, series }) => Array.from(series.atMs, () => role)),
    rssBytes: concat(parts.map(({ series }) => series.rssBytes)),
    cpuRatio: concat(parts.map(({ series }) => counterRate(series.atMs, series.cpuSeconds, options.cpuSpanSeconds))),
    processCount: concat(parts.map(({ series }) => series.processCount)),
  }) as FigureTable<'resourceSeries'>;
}

function concat(arrays: readonly Float64Array[]): Float64Array {
  return Float64Array.from(arrays.flatMap((array) => [...array]));
}
