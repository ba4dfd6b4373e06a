import { counterRate } from '../analysis/counter-rate.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { type Role, roleSeries, rolesOf } from '../analysis/role-series.ts';
import { alignSeries } from '../analysis/align-series.ts';
import { resourceFigures } from '../analysis/resources.ts';
import { breakAtGaps, samplingGaps } from '../analysis/sampling-gaps.ts';
import { type AlignedSeries, thinSeries } from '../analysis/thin-series.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot, type PlotOptions } from './plot-frame.ts';
import { timeAxisTitle } from './time-axis.ts';
import { type TimePanel, timePanels } from './time-panels.ts';
import { colorsOfRoles, plotWidth } from './theme.ts';

export interface PlotResourcesOptions extends PlotOptions {
  /** Whose curves to draw. Default: all that were sampled. */
  readonly roles?: readonly Role[];
  /** Least time over which CPU is averaged. Default 0.5 s, or a 150th of the experiment where that is longer. */
  readonly cpuSpanSeconds?: number;
}

/**
 * Memory and CPU of scheduler, workers, the target's further roles, Postgres, driver and sampler, and the number of worker processes, on
 * one time axis.
 *
 * RSS is in MB (1e6 bytes) and summed over the processes of a role; CPU is in percent of one core, so several cores make more than
 * 100. Where samples are thinned, the largest RSS and worker count of each slice is kept.
 */
export function plotResources(experiment: Experiment, options: PlotResourcesOptions = {}): Plot {
  const { width = plotWidth } = options;
  const { originMs, endMs } = loadSpan(experiment);
  const spanSeconds = options.cpuSpanSeconds ?? Math.max(0.5, (endMs - originMs) / 1000 / 150);
  const sampled = (options.roles ?? rolesOf(experiment))
    .map((role) => ({ role, series: roleSeries(experiment, role) }))
    .filter(({ series }) => series.atMs.length > 0);
  if (sampled.length === 0) return emptyPlot(experiment, { title: 'Memory and CPU: no process was sampled' }, options);
  const aligned = (pick: (series: ReturnType<typeof roleSeries>) => Float64Array, shown = sampled) =>
    alignSeries(
      originMs,
      shown.map(({ role, series }) => ({ name: role, atMs: series.atMs, values: pick(series) })),
    );
  const gaps = samplingGaps(experiment);
  const broken = (series: AlignedSeries): AlignedSeries => breakAtGaps(series, gaps, originMs);
  const panels: TimePanel[] = [
    {
      name: 'memory',
      title: 'RSS (MB)',
      unit: 'MB',
      data: broken(
        thinSeries(
          // The sampler is a thread: it has no memory of its own.
          aligned(
            (series) => series.rssBytes.map((bytes) => bytes / 1e6),
            sampled.filter(({ role }) => role !== 'sampler'),
          ),
          { by: 'largest' },
        ),
      ),
    },
    {
      name: 'cpu',
      title: 'CPU (% of a core)',
      unit: '% of a core',
      data: broken(
        thinSeries(
          aligned((series) => counterRate(series.atMs, series.cpuSeconds, spanSeconds).map((ratio) => ratio * 100)),
          { by: 'mean' },
        ),
      ),
    },
  ];
  const workers = sampled.filter(({ role }) => role === 'workers');
  if (workers.length > 0) {
    const data = broken(
      thinSeries(
        aligned((series) => series.processCount, workers),
        { by: 'largest' },
      ),
    );
    panels.push({ name: 'processes', title: 'worker processes', data, mark: 'step', height: 80, format: ',' });
  }
  const notes = [
    `RSS counts memory that processes share in each of them. CPU is averaged over ${threeDigits(spanSeconds)} s.`,
    ...(gaps.length > 0 ? [`Lines are broken where sampling had a gap (${gaps.length}).`] : []),
  ];
  return framePlot(
    experiment,
    { title: options.title ?? resourcesTitle(experiment), notes },
    timePanels(panels, { width, colors: colorsOfRoles(sampled.map(({ role }) => role)), timeTitle: timeAxisTitle(experiment) }),
  );
}

function resourcesTitle(experiment: Experiment): string {
  const { rssBytesPeak, cpuRatioMean } = resourceFigures(experiment, 'scheduler');
  if (Number.isNaN(rssBytesPeak)) return 'Memory and CPU';
  const cpu = Number.isNaN(cpuRatioMean) ? '' : `, ${threeDigits(cpuRatioMean * 100)} % of a core on average`;
  return `Scheduler: at most ${threeDigits(rssBytesPeak / 1e6)} MB RSS${cpu}`;
}
