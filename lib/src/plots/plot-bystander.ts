import { type BystanderStretch, bystanderFigures, bystanderResponse, bystanderStretches } from '../analysis/bystander.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import type { Experiment } from '../results/experiment.ts';
import { logSecondsAxis } from './axes.ts';
import type { Curve } from './ecdf-curves.ts';
import { ecdfLayers } from './ecdf-layers.ts';
import { shareAxis } from './ecdf-share-axis.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { legendAboveTitle, plotWidth, stretchColors } from './theme.ts';

const words: Readonly<Record<BystanderStretch, string>> = { alone: 'alone', idle: 'beside the idle engine', load: 'beside the load' };
/** Of a thousandth: a commit takes longer. */
const resolutionSeconds = 1e-5;

/**
 * The share of the bystander's transactions that took at most a given time from due to committed: a line a stretch (alone, beside the idle engine,
 * beside the load). The vertical axis gives each tenth of what is left the same room, so that the slowest can be read.
 */
export function plotBystander(experiment: Experiment, options: PlotOptions = {}): Plot {
  const figures = bystanderFigures(experiment);
  const there = bystanderStretches.filter((stretch) => (figures[stretch]?.values.length ?? 0) > 0);
  if (there.length === 0) return emptyPlot([experiment], 'Bystander: there was none (bystander: in the config)', options);
  const curves = there.map((stretch): Curve => ({
    name: words[stretch],
    label: words[stretch],
    sortedSeconds: (figures[stretch]?.values ?? new Float64Array()).toSorted(),
  }));
  const low = Math.max(resolutionSeconds, Math.min(...curves.map(({ sortedSeconds }) => sortedSeconds[0] ?? 0)));
  const high = Math.max(low * 1.5, ...curves.map(({ sortedSeconds }) => sortedSeconds.at(-1) ?? 0));
  const width = options.width ?? plotWidth;
  const layers = ecdfLayers(
    curves,
    {
      axis: 'tail',
      low,
      x: { field: 'seconds', ...logSecondsAxis(low, high, resolutionSeconds, 'due to committed (ms and s, log scale)', width) },
      y: {
        ...shareAxis('tail', Math.max(...curves.map(({ sortedSeconds }) => sortedSeconds.length))),
        title: 'share of transactions (%, tail stretched)',
      },
      color: {
        field: 'series',
        type: 'nominal',
        scale: { domain: there.map((stretch) => words[stretch]), range: there.map((stretch) => stretchColors[stretch]) },
        legend: { symbolType: 'stroke', symbolStrokeWidth: 3, ...legendAboveTitle },
      },
    },
    false,
  );
  return framePlot([experiment], { title: titleOf(experiment, there) }, { width, height: options.height ?? 260, layer: layers }, options);
}

function titleOf(experiment: Experiment, there: readonly BystanderStretch[]): string {
  const p99 = there.map((stretch) => `${formatSeconds(bystanderResponse(experiment, stretch).p99)} ${words[stretch]}`);
  return `Bystander, p99: ${p99.join(', ')}`;
}
