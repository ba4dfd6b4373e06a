import type { Summary } from '../../analysis/summary.ts';
import { plotRetryDelay, plotWork } from '../../plots/plot-work.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Block, type Section, facts } from '../document.ts';
import { saidFigure, valueIn } from './figure-text.ts';

/** What was asked of tasks that differ, or may be tried again, and what was done; nothing of an experiment whose config asks for neither. */
export function workSection(summary: Summary): Section {
  return { title: 'Work', blocks: workBlocks(summary) };
}

/** The same with pictures. */
export function workPlots(summary: Summary, experiment: Experiment): Section {
  const blocks = workBlocks(summary);
  if (blocks.length === 0) return { title: 'Work', blocks };
  return {
    title: 'Work',
    blocks: [
      ...blocks,
      ...(isKnown(summary, 'work.asked.avg') ? [{ kind: 'plot', name: 'work', plot: plotWork(experiment) } as const] : []),
      ...(isKnown(summary, 'retry.delay.avg') ? [{ kind: 'plot', name: 'retry-delay', plot: plotRetryDelay(experiment) } as const] : []),
    ],
  };
}

function workBlocks(summary: Summary): readonly Block[] {
  const inBrief = (name: string): string | undefined =>
    isKnown(summary, `${name}.avg`)
      ? ['avg', 'p50', 'p99', 'max']
          .filter((statistic) => isKnown(summary, `${name}.${statistic}`))
          .map((statistic) => `${statistic} ${saidFigure(summary, `${name}.${statistic}`)}`)
          .join(', ')
      : undefined;
  const lines = {
    'Work asked': inBrief('work.asked'),
    'Work done less work asked': inBrief('work.excess'),
    'Executions of a task': isKnown(summary, 'attempts.avg')
      ? `${saidFigure(summary, 'attempts.avg')} on average, ${saidFigure(summary, 'attempts.max')} at most`
      : undefined,
    'Goodput (tasks finished of executions)': isKnown(summary, 'goodput.ratio') ? saidFigure(summary, 'goodput.ratio') : undefined,
    'Retry delay': inBrief('retry.delay'),
    'Retry delay less that asked': inBrief('retry.excess'),
  };
  return Object.values(lines).every((line) => line === undefined) ? [] : [facts(lines)];
}

function isKnown(summary: Summary, name: string): boolean {
  return valueIn(summary, name) !== null;
}
