import type { Summary } from '../../analysis/summary.ts';
import { plotFirings } from '../../plots/plot-firings.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Section, facts } from '../document.ts';
import { saidFigure, shownFigure } from './figure-text.ts';
import { inBrief } from './latency.ts';

const title = 'Periodic Work';

/** Which moments schedules missed or fired at twice, and how late they fired; nothing without periodic work. */
export function periodicSection(summary: Summary): Section {
  if (!('firings.due' in summary.figures)) return { blocks: [] };
  return {
    title,
    blocks: [
      facts({
        'Moments due': saidFigure(summary, 'firings.due'),
        Missed: saidFigure(summary, 'firings.missed'),
        'Fired at more than once': saidFigure(summary, 'firings.doubled'),
        'Lateness (due to begun)': inBrief(summary, 'firingLateness'),
      }),
    ],
  };
}

/** The same as figures, and as a picture. */
export function periodicPlots(summary: Summary, experiment: Experiment): Section {
  if (!('firings.due' in summary.figures)) return { blocks: [] };
  const names = ['firings.due', 'firings.missed', 'firings.doubled', 'firingLateness.p50', 'firingLateness.max'];
  return {
    id: 'periodic',
    title,
    blocks: [
      { kind: 'figures', figures: names.map((name) => shownFigure(summary, name)) },
      { kind: 'plot', name: 'firings', plot: plotFirings(experiment) },
    ],
  };
}
