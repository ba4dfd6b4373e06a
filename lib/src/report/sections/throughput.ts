import { plural } from '../../analysis/format-figure.ts';
import type { Summary } from '../../analysis/summary.ts';
import { plotScheduleLag } from '../../plots/plot-schedule-lag.ts';
import { plotThroughput } from '../../plots/plot-throughput.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Section, facts } from '../document.ts';
import { coarseSeconds, fixed } from '../fixed-format.ts';
import { fixedFigure, valueIn } from './figure-text.ts';

export function throughputSection(summary: Summary): Section {
  const { windows10s, windows60s } = summary.throughput;
  return {
    title: 'Throughput',
    blocks: [
      facts({
        'Run submission': fixedFigure(summary, 'throughput.runsPerSecond'),
        'Task completion': fixedFigure(summary, 'throughput.tasksPerSecond'),
        'Task completion by 10s': windowWords(windows10s, '10s'),
        'Task completion by 60s': windowWords(windows60s, '60s'),
        'Total duration': coarseSeconds(valueIn(summary, 'duration')),
      }),
    ],
  };
}

function windowWords(figures: Summary['throughput']['windows10s'], width: string): string | undefined {
  if (figures === undefined) return undefined;
  const { bestTasksPerSecond: best, meanTasksPerSecond: mean, worstTasksPerSecond: worst, windows } = figures;
  const number = (value: number | null): string => fixed(value, 'tasksPerSecond').replace(' tasks/sec', '');
  return `best ${number(best)}, mean ${number(mean)}, worst ${fixed(worst, 'tasksPerSecond')} (${windows} whole ${width} ${windows === 1 ? 'window' : 'windows'})`;
}

/** What the words of the section above mean, as the first version had it. */
export function explanationSection({ runs, tasksPerRun, workflows, tasks }: Summary): Section {
  const items = [
    `${runs.submitted} runs created (${workflows.length > 0 ? `of ${plural(workflows.length, 'workflow')}` : `${tasksPerRun} tasks each`} = ${tasks.submitted} total tasks)`,
    'Run submission measures how fast we enqueue work',
    'Task completion measures actual work throughput',
  ];
  return { title: 'Explanation', blocks: [{ kind: 'list', items }] };
}

export function throughputPlots(experiment: Experiment): Section {
  return {
    title: 'Throughput',
    blocks: [
      { kind: 'plot', name: 'throughput', plot: plotThroughput(experiment) },
      { kind: 'plot', name: 'schedule-lag', plot: plotScheduleLag(experiment) },
    ],
  };
}
