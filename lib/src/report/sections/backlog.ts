import type { Summary } from '../../analysis/summary.ts';
import { plotBacklog } from '../../plots/plot-backlog.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Section, facts } from '../document.ts';
import { figureTitle, fixedFigure, valueIn } from './figure-text.ts';

const title = 'Backlog at the start';

/** How fast the engine took up what it found when it was started; nothing where the config asked for no backlog. */
export function backlogSection(summary: Summary): Section {
  if (valueIn(summary, 'backlog.tasks') === null) return { title, blocks: [] };
  const lines = ['backlog.firstClaim', 'backlog.drain', 'backlog.tasksPerSecond', 'backlog.duplicates'].map((name): [string, string] => [
    figureTitle(summary, name),
    fixedFigure(summary, name),
  ]);
  const tasks = `${fixedFigure(summary, 'backlog.finished')} of ${fixedFigure(summary, 'backlog.tasks')}`;
  return { title, blocks: [facts({ 'Backlog tasks finished': tasks, ...Object.fromEntries(lines) })] };
}

export function backlogWithPlot(summary: Summary, experiment: Experiment): Section {
  const { blocks } = backlogSection(summary);
  return {
    id: 'backlog',
    title,
    blocks: blocks.length === 0 ? [] : [...blocks, { kind: 'plot', name: 'backlog', plot: plotBacklog(experiment) }],
  };
}
