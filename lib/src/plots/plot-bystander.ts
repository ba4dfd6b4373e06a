import { type BystanderStretch, bystanderFigures, bystanderResponse, bystanderStretches } from '../analysis/bystander.ts';
import { formatSeconds } from '../analysis/format-figure.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Curve } from './ecdf-curves.ts';
import type { Plot } from './plot.ts';
import { emptyPlot, framePlot } from './plot-frame.ts';
import type { PlotOptions } from './plot-options.ts';
import { tailEcdf } from './tail-ecdf.ts';
import { stretchColors } from './theme.ts';

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
  const colors = Object.fromEntries(there.map((stretch) => [words[stretch], stretchColors[stretch]]));
  const picture = tailEcdf(curves, { colors, times: 'due to committed', of: 'transactions', resolutionSeconds }, options);
  return framePlot([experiment], { title: titleOf(experiment, there) }, picture, options);
}

function titleOf(experiment: Experiment, there: readonly BystanderStretch[]): string {
  const p99 = there.map((stretch) => `${formatSeconds(bystanderResponse(experiment, stretch).p99)} ${words[stretch]}`);
  return `Bystander, p99: ${p99.join(', ')}`;
}
