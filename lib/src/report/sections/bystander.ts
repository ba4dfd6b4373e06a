import { bystanderOf } from '../../analysis/bystander.ts';
import type { Summary } from '../../analysis/summary.ts';
import { plotBystander } from '../../plots/plot-bystander.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Section, facts, table } from '../document.ts';
import { fixedFigure, valueIn } from './figure-text.ts';

const title = 'Bystander (due to committed)';

const stretches = {
  bystanderAlone: 'Alone',
  bystanderIdle: 'Beside the idle engine',
  bystander: 'Beside the load',
} as const;

/** How the OLTP load beside the queue fared; nothing without one. */
export function bystanderSection(summary: Summary): Section {
  const shown = Object.entries(stretches).filter(([name]) => valueIn(summary, `${name}.avg`) !== null);
  const brief = (name: string): string =>
    ['p50', 'p99', 'max'].map((statistic) => `${statistic} ${fixedFigure(summary, `${name}.${statistic}`)}`).join(' | ');
  return { title, blocks: shown.length > 0 ? [facts(shown.map(([name, words]) => [words, brief(name)] as const))] : [] };
}

/** The same as a table and a picture. */
export function bystanderPlots(experiment: Experiment): Section {
  const figures = bystanderOf(experiment);
  if (figures.numRows() === 0) return { title, blocks: [] };
  return { id: 'bystander', title, blocks: [table(figures), { kind: 'plot', name: 'bystander', plot: plotBystander(experiment) }] };
}
