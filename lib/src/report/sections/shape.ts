import type { Summary } from '../../analysis/summary.ts';
import { plotGantt } from '../../plots/plot-gantt.ts';
import { plotWidthOverTime } from '../../plots/plot-width-over-time.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Section, facts, sentence } from '../document.ts';
import { fixedFigure, saidFigure, shownFigure, valueIn } from './figure-text.ts';
import { inBrief, wantedName } from './latency.ts';

/** How much longer runs took than their tasks have to; nothing where no task comes after another. */
export function shapeSection(summary: Summary): Section {
  if (!hasShape(summary)) return { blocks: [] };
  return {
    title: 'Runs Whose Tasks Come After One Another',
    blocks: [
      facts({
        [`Makespan (${wantedName(summary)} to last finished)`]: inBrief(summary, 'makespan'),
        'Over critical path asked for': `${inBrief(summary, 'makespanOverAsked')} of ${fixedFigure(summary, 'criticalPath.asked')}`,
        'Over critical path measured': inBrief(summary, 'makespanOverMeasured'),
        'Gap (last parent finished to started)': inBrief(summary, 'dependencyGap'),
        'Tasks of a run at once': `${widthWords(summary)} (asked for: ${saidFigure(summary, 'width.asked')})`,
        'Begun before a parent had ended': valueIn(summary, 'tasks.early') === 0 ? undefined : earlyWords(summary),
      }),
    ],
  };
}

/** The same as figures, and as pictures. */
export function shapePlots(summary: Summary, experiment: Experiment): Section {
  if (!hasShape(summary)) return { blocks: [] };
  const names = [
    'makespan.p50',
    'makespan.p99',
    'makespanOverAsked.p50',
    'makespanOverMeasured.p50',
    'dependencyGap.p50',
    'dependencyGap.p99',
  ];
  return {
    id: 'shape',
    title: 'Tasks after one another',
    blocks: [
      { kind: 'figures', figures: names.map((name) => shownFigure(summary, name)) },
      ...(valueIn(summary, 'tasks.early') === 0 ? [] : [sentence(`${earlyWords(summary)} began before a parent had ended.`, 'bad')]),
      { kind: 'plot', name: 'width', plot: plotWidthOverTime(experiment) },
      { kind: 'plot', name: 'gantt', plot: plotGantt(experiment) },
    ],
  };
}

/** A figure that only experiments with a shape have. */
function hasShape({ figures }: Summary): boolean {
  return 'makespan.avg' in figures;
}

function widthWords(summary: Summary): string {
  const mean = valueIn(summary, 'width.mean');
  if (mean === null) return 'unknown';
  return `${mean.toFixed(2)} on average, ${saidFigure(summary, 'width.peak')} at most`;
}

function earlyWords(summary: Summary): string {
  const early = valueIn(summary, 'tasks.early') ?? 0;
  return `${early} ${early === 1 ? 'task' : 'tasks'}`;
}
