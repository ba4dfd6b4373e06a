import { capacityOf } from '../analysis/capacity.ts';
import { compareSides } from '../analysis/bench-comparison.ts';
import { costOf } from '../analysis/cost.ts';
import { neighbourOf } from '../analysis/neighbour.ts';
import { scalingOf } from '../analysis/scaling.ts';
import { configFileOf, shrinkOf } from '../analysis/shrink.ts';
import { sweepTable } from '../analysis/sweep-table.ts';
import type { Series } from '../results/series.ts';

/** What came of a series as plain values, for scripts: its record, and the rows of its table. NaN is null in JSON. */
export function seriesSummary(series: Series): Readonly<Record<string, unknown>> {
  const { runner: _runner, ...record } = series.record;
  return {
    ...record,
    directory: series.directory,
    ...(record.kind === 'bench' && { comparison: compareSides(series) ?? null }),
    ...(record.kind === 'capacity' && { capacity: capacityValues(series) }),
    ...(record.kind === 'cost' && { cost: costOf(series) }),
    ...(record.kind === 'neighbour' && { neighbour: neighbourOf(series) }),
    ...(record.kind === 'shrink' && { shrink: shrinkValues(series) }),
    ...(record.kind === 'sweep' && { figures: sweepTable(series).objects(), scaling: scalingOf(series) }),
  };
}

function shrinkValues(series: Series): unknown {
  const { symptoms, smallest, ended } = shrinkOf(series);
  return { symptoms, ended, smallest: smallest ? configFileOf(smallest) : null };
}

/** Experiments by their names: their summaries are in their directories. */
function capacityValues(series: Series): unknown {
  const { probes, ...answer } = capacityOf(series);
  return { ...answer, probes: probes.map(({ experiment, ...probe }) => ({ ...probe, experiment: experiment?.name ?? null })) };
}
