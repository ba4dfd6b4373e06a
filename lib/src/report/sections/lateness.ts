import type { Summary } from '../../analysis/summary.ts';
import { plotLateness } from '../../plots/plot-lateness.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Section, facts, sentence } from '../document.ts';
import { shownFigure, valueIn } from './figure-text.ts';
import { inBrief } from './latency.ts';

const title = 'Delayed Runs';

/** How much later than asked delayed runs began; nothing where the config has no delay. */
export function latenessSection(summary: Summary): Section {
  if (!('lateness.avg' in summary.figures)) return { blocks: [] };
  const early = earlyWords(summary);
  return {
    title,
    blocks: [
      facts({ 'Lateness (asked to begin to first started)': inBrief(summary, 'lateness'), ...(early && { 'Begun too early': early }) }),
    ],
  };
}

/** The same as figures, and as a picture. */
export function latenessPlots(summary: Summary, experiment: Experiment): Section {
  if (!('lateness.avg' in summary.figures)) return { blocks: [] };
  const early = earlyWords(summary);
  return {
    id: 'lateness',
    title,
    blocks: [
      { kind: 'figures', figures: ['lateness.p50', 'lateness.p99', 'lateness.max'].map((name) => shownFigure(summary, name)) },
      ...(early ? [sentence(`${early} began before the moment that they had asked for.`, 'bad')] : []),
      { kind: 'plot', name: 'lateness', plot: plotLateness(experiment) },
    ],
  };
}

function earlyWords(summary: Summary): string | undefined {
  const early = valueIn(summary, 'runs.early') ?? 0;
  return early > 0 ? `${early} ${early === 1 ? 'run' : 'runs'}` : undefined;
}
