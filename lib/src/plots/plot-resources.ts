import { threeDigits } from '../analysis/format-figure.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { type Role, type RoleSeries, roleSeries, rolesOf } from '../analysis/role-series.ts';
import { resourceFigures } from '../analysis/resources.ts';
import { samplingGaps } from '../analysis/sampling-gaps.ts';
import type { Experiment } from '../results/experiment.ts';
import { labelExperiments, figureOfEach } from './label-experiments.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import { type OneOrMore, type PlotOptions, listOf } from './plot-options.ts';
import { type Steps, alignSteps, levelSteps, rateSteps, windowEdges, withoutGaps } from './steps.ts';
import { timeAxisTitle } from './axes.ts';
import { markNotes, markedPanels, timeMarks } from './time-marks.ts';
import type { TimeFacet, TimePanel } from './time-panel.ts';
import { timePanels } from './time-panels.ts';
import { colorsOfRoles } from './theme.ts';

export interface PlotResourcesOptions extends PlotOptions {
  /** Whose curves to draw. Default: all that were sampled. */
  readonly roles?: readonly Role[];
  /** Least width of the windows over which CPU is averaged. Default 0.5 s, or a 120th of the experiment where that is longer. */
  readonly cpuSpanSeconds?: number;
}

interface SampledRole {
  readonly role: Role;
  readonly series: RoleSeries;
}

/**
 * Memory and CPU of scheduler, workers, the target's further roles, Postgres, driver and sampler, and the number of worker processes, on
 * one time axis. Several experiments stand side by side, on the same axes. Where one stalled is marked.
 *
 * Memory is in MB (1e6 bytes), the sum of a role's processes: PSS, which counts once what they share, of roles of which it was read (once a
 * second or more rarely: it holds until the next reading), else RSS, as the subtitle then says. CPU is in percent of one core, so several cores make more than
 * 100. Of each window the largest memory and worker count is drawn.
 */
export function plotResources(experiments: OneOrMore, options: PlotResourcesOptions = {}): Plot {
  const all = listOf(experiments, 'plotResources');
  const rolesBy = new Map(all.map((experiment) => [experiment, sampledRoles(experiment, options)] as const));
  const rolesIn = (experiment: Experiment): readonly SampledRole[] => rolesBy.get(experiment) ?? [];
  const sampled = all.filter((experiment) => rolesIn(experiment).length > 0);
  if (sampled.length === 0) return emptyPlot(all, 'Memory and CPU: no process was sampled', options);
  const labelled = labelExperiments(sampled, options, options.facet);
  const facets = labelled.map(({ experiment, name }): TimeFacet => ({
    heading: name,
    panels: markedPanels(panelsOf(experiment, rolesIn(experiment), options), timeMarks(experiment)),
  }));
  const roles = sampled.flatMap(rolesIn);
  const [first] = sampled;
  const title =
    labelled.length === 1 && first
      ? schedulerWords(first)
      : `CPU of schedulers, in % of a core on average: ${figureOfEach(labelled, schedulerCpuPercent, threeDigits)}`;
  const gaps = sampled.reduce((sum, experiment) => sum + samplingGaps(experiment).length, 0);
  const widths = [...new Set(sampled.map((experiment) => threeDigits(cpuWindowSeconds(experiment, options))))];
  const notes = [
    memoryNote(roles),
    `CPU is averaged over windows of ${widths.join(' or ')} s.`,
    ...(gaps > 0 ? [`Lines are broken where sampling had a gap (${gaps}).`] : []),
    ...markNotes(labelled),
  ];
  const colors = colorsOfRoles([...new Set(roles.map(({ role }) => role))]);
  return framePlot(all, { title, notes }, timePanels(facets, { plot: options, colors, timeTitle: timeAxisTitle(sampled) }), options);
}

function sampledRoles(experiment: Experiment, { roles }: PlotResourcesOptions): readonly SampledRole[] {
  return (roles ?? rolesOf(experiment))
    .map((role) => ({ role, series: roleSeries(experiment, role) }))
    .filter(({ series }) => series.atMs.length > 0);
}

function cpuWindowSeconds(experiment: Experiment, { cpuSpanSeconds = 0.5 }: PlotResourcesOptions): number {
  const { originMs, endMs } = loadSpan(experiment);
  return Math.max(cpuSpanSeconds, (endMs - originMs) / 1000 / mostWindows);
}

const mostWindows = 120;

function panelsOf(experiment: Experiment, roles: readonly SampledRole[], options: PlotResourcesOptions): readonly TimePanel[] {
  const { originMs } = loadSpan(experiment);
  const seconds = (ms: number): number => (ms - originMs) / 1000;
  const from = seconds(Math.min(...roles.map(({ series }) => series.atMs[0] ?? Infinity)));
  const to = seconds(Math.max(...roles.map(({ series }) => series.atMs.at(-1) ?? -Infinity)));
  const gaps = samplingGaps(experiment).map(({ fromMs, toMs }) => [seconds(fromMs), seconds(toMs)] as const);
  const stepsOf = (shown: readonly SampledRole[], steps: (series: RoleSeries) => Steps) =>
    alignSteps(Object.fromEntries(shown.map(({ role, series }) => [role, withoutGaps(steps(series), gaps)])));
  const levelEdges = windowEdges(from, to, { leastSeconds: experiment.manifest.config.sample_interval, most: mostWindows });
  const levels = (series: RoleSeries, values: Float64Array): Steps => levelSteps(series.atMs.map(seconds), values, levelEdges);
  const cpuEdges = windowEdges(from, to, { leastSeconds: cpuWindowSeconds(experiment, options), most: mostWindows });
  // The sampler is a thread: it has no memory of its own.
  const withMemory = roles.filter(({ role }) => role !== 'sampler');
  const workers = roles.filter(({ role }) => role === 'workers');
  return [
    {
      name: 'memory',
      title: `${memoryKinds(withMemory)} (MB)`,
      unit: 'MB',
      mark: 'step',
      data: stepsOf(withMemory, (series) =>
        levels(
          series,
          (hasPss(series) ? series.pssBytes : series.rssBytes).map((bytes) => bytes / 1e6),
        ),
      ),
    },
    {
      name: 'cpu',
      title: 'CPU (% of a core)',
      unit: '% of a core',
      mark: 'step',
      data: stepsOf(roles, (series) => {
        const { edges, values } = rateSteps(series.atMs, series.cpuSeconds, cpuEdges, originMs);
        return { edges, values: values.map((ratio) => ratio * 100) };
      }),
    },
    ...(workers.length === 0
      ? []
      : [
          {
            name: 'processes',
            title: 'worker processes',
            data: stepsOf(workers, (series) => levels(series, series.processCount)),
            mark: 'step' as const,
            height: 80,
            format: ',',
          },
        ]),
  ];
}

function hasPss({ pssBytes }: RoleSeries): boolean {
  return pssBytes.some((bytes) => !Number.isNaN(bytes));
}

function memoryKinds(roles: readonly SampledRole[]): string {
  const known = roles.filter(({ series }) => hasPss(series)).length;
  return known === 0 ? 'RSS' : known === roles.length ? 'PSS' : 'memory: PSS or RSS';
}

function memoryNote(roles: readonly SampledRole[]): string {
  const shown = roles.filter(({ role }) => role !== 'sampler');
  const byRss = [...new Set(shown.filter(({ series }) => !hasPss(series)).map(({ role }) => role))];
  const rss = 'which counts memory that processes share in each of them';
  if (shown.every(({ series }) => !hasPss(series))) return `Memory is RSS, ${rss}.`;
  const pss = 'Memory is PSS, which counts shared memory once; a reading holds until the next.';
  return byRss.length === 0 ? pss : `${pss} Of ${byRss.join(' and ')} it is RSS, ${rss}.`;
}

function schedulerCpuPercent(experiment: Experiment): number {
  return 100 * resourceFigures(experiment, 'scheduler').cpuRatioMean;
}

/** For instance `Scheduler: at most 39.8 MB PSS, 23.2 % of a core on average`. */
function schedulerWords(experiment: Experiment): string {
  const { rssBytesPeak, pssBytesPeak } = resourceFigures(experiment, 'scheduler');
  if (Number.isNaN(rssBytesPeak)) return 'Memory and CPU';
  const memory = Number.isNaN(pssBytesPeak) ? `${threeDigits(rssBytesPeak / 1e6)} MB RSS` : `${threeDigits(pssBytesPeak / 1e6)} MB PSS`;
  const percent = schedulerCpuPercent(experiment);
  return `Scheduler: at most ${memory}${Number.isNaN(percent) ? '' : `, ${threeDigits(percent)} % of a core on average`}`;
}
