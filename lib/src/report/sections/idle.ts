import { idleOf, idleSpan } from '../../analysis/idle.ts';
import type { Summary } from '../../analysis/summary.ts';
import { plotIdle } from '../../plots/plot-idle.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Section, facts, table } from '../document.ts';
import { capitalized, figureTitle, fixedFigure, valueIn } from './figure-text.ts';

const databaseFigures = ['idle.transactionsPerSecond', 'idle.queriesPerSecond', 'idle.walBytesPerSecond'];

/** What the engine took while it had no work; nothing where the config asked for no such phase. */
export function idleSection(summary: Summary): Section {
  const roles = ['scheduler', 'workers', ...Object.keys(summary.roles), 'postgres'];
  const isKnown = (name: string): boolean => valueIn(summary, name) !== null;
  const ofRoles = roles
    .filter((role) => isKnown(`${role}.idleCpuRatio`))
    .map((role): [string, string] => {
      const wakeUps = `${role}.idleWakeUpsPerSecond`;
      const words = isKnown(wakeUps) ? `, ${fixedFigure(summary, wakeUps)} wake-ups` : '';
      return [capitalized(role === 'postgres' ? 'Postgres' : role), `${fixedFigure(summary, `${role}.idleCpuRatio`)} CPU${words}`];
    });
  const lines = [
    ...databaseFigures.filter(isKnown).map((name): [string, string] => [figureTitle(summary, name), fixedFigure(summary, name)]),
    ...ofRoles.map(([role, words]): [string, string] => [`Idle ${role}`, words]),
  ];
  return { title: 'Idle', blocks: lines.length === 0 ? [] : [facts(Object.fromEntries(lines))] };
}

export function idleWithPlot(summary: Summary, experiment: Experiment): Section {
  if (!idleSpan(experiment)) return { title: 'Idle', blocks: [] };
  return {
    title: 'Idle',
    blocks: [...idleSection(summary).blocks, table(idleOf(experiment)), { kind: 'plot', name: 'idle', plot: plotIdle(experiment) }],
  };
}
