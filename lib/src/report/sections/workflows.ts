import { formatFigure } from '../../analysis/figure-units.ts';
import type { Summary } from '../../analysis/summary.ts';
import { workflowTableOf } from '../../analysis/workflow-table.ts';
import { plotLatencyByWorkflow } from '../../plots/plot-latency-by-workflow.ts';
import { plotRunningByWorkflow } from '../../plots/plot-running-by-workflow.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Block, type Section, facts } from '../document.ts';
import { saidFigure, valueIn } from './figure-text.ts';

const title = 'Workflows';

/** What came of each of several workflows, their limits and priorities; nothing where a config lists none. */
export function workflowsSection(summary: Summary): Section {
  return { title, blocks: workflowBlocks(summary) };
}

/** The same with pictures. */
export function workflowPlots(summary: Summary, experiment: Experiment): Section {
  const blocks = workflowBlocks(summary);
  if (blocks.length === 0) return { title, blocks };
  return {
    title,
    blocks: [
      ...blocks,
      { kind: 'plot', name: 'latency-by-workflow', plot: plotLatencyByWorkflow(experiment) },
      { kind: 'plot', name: 'running-by-workflow', plot: plotRunningByWorkflow(experiment) },
    ],
  };
}

function workflowBlocks(summary: Summary): readonly Block[] {
  if (summary.workflows.length === 0) return [];
  const all = workflowTableOf(summary);
  const isUsed = (name: string): boolean => {
    const values = Array.from(all.array(name) as ArrayLike<unknown>);
    if (name.endsWith('BreachSeconds')) return !values.every(Number.isNaN);
    return name !== 'lost' || values.some((lost) => lost !== 0);
  };
  return [{ kind: 'table', table: all.select(...all.columnNames().filter(isUsed)) }, ...limitBlocks(summary), ...inversionBlocks(summary)];
}

function limitBlocks(summary: Summary): readonly Block[] {
  const seconds = (name: string): string => formatFigure(valueIn(summary, name) ?? Number.NaN, 'seconds');
  const count = (name: string): string => formatFigure(valueIn(summary, name) ?? Number.NaN, 'count');
  const lines = summary.workflows.flatMap(({ name, limits: { concurrency, rate } }): [string, string][] => {
    const own = `workflow.${name}`;
    return [
      ...(concurrency === null
        ? []
        : [
            [
              `${name}, at most ${concurrency} running`,
              `more for ${seconds(`${own}.concurrency.breach`)}, ${count(`${own}.running.max`)} at most`,
            ] as [string, string],
          ]),
      ...(rate === null
        ? []
        : [
            [
              `${name}, at most ${rate.tasks} begun in ${rate.seconds} s`,
              `more for ${seconds(`${own}.rate.breach`)}, ${count(`${own}.rate.max`)} at most`,
            ] as [string, string],
          ]),
    ];
  });
  return lines.length === 0 ? [] : [facts(lines)];
}

function inversionBlocks(summary: Summary): readonly Block[] {
  if (valueIn(summary, 'inversions.tasks') === null) return [];
  const share = (count: string, ratio: string): string => `${saidFigure(summary, count)} (${saidFigure(summary, ratio)})`;
  const overtaken = valueIn(summary, 'inversions.overtaken') ?? 0;
  return [
    facts({
      'Taken while one of a higher priority waited': `${share('inversions.tasks', 'inversions.ratio')} of the tasks of lower priorities`,
      'Overtaken by one of a lower priority': `${share('inversions.overtaken', 'inversions.overtakenRatio')} of the tasks of higher priorities`,
      'Waited on behind it':
        overtaken === 0
          ? undefined
          : `avg ${saidFigure(summary, 'inversions.behind.avg')}, max ${saidFigure(summary, 'inversions.behind.max')}`,
    }),
  ];
}
