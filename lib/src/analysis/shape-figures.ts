import { workflowsOf } from '../config/mixed.ts';
import { widthOf } from '../config/task-graph.ts';
import type { Experiment } from '../results/experiment.ts';
import { dependencyGaps, earlyTasks } from './dependency-gaps.ts';
import { distribution } from './distribution.ts';
import { distributionFigures } from './distribution-figures.ts';
import type { Figure } from './figures.ts';
import { perExperiment } from './per-experiment.ts';
import { runFigures } from './run-figures.ts';
import { askedPathSeconds, shapedRuns } from './shaped-runs.ts';

const appliesTo = ({ manifest }: Experiment): boolean => workflowsOf(manifest.config).some(({ shape }) => shape !== 'parallel');

const makespans = perExperiment((experiment) => distribution(runFigures(experiment).makespan));
const overAsked = perExperiment((experiment) => distribution(runFigures(experiment).overAsked));
const overMeasured = perExperiment((experiment) => distribution(runFigures(experiment).overMeasured));
const gaps = perExperiment((experiment) => distribution(dependencyGaps(experiment).seconds));

/** The figures of runs whose tasks come after one another. */
export const shapeFigures: readonly Figure[] = [
  ...distributionFigures('makespan', 'makespan', makespans, { appliesTo }),
  ...distributionFigures('makespanOverAsked', 'makespan over the critical path asked for,', overAsked, { unit: 'ratio', appliesTo }),
  ...distributionFigures('makespanOverMeasured', 'makespan over the critical path measured,', overMeasured, {
    unit: 'ratio',
    times: ['started', 'finished'],
    appliesTo,
  }),
  ...distributionFigures('dependencyGap', 'gap after the last parent', gaps, { times: ['started', 'finished'], appliesTo }),
  {
    name: 'tasks.early',
    title: 'tasks begun before a parent had ended',
    unit: 'count',
    better: 'less',
    appliesTo,
    value: earlyTasks,
  },
  {
    name: 'criticalPath.asked',
    title: 'critical path asked for',
    unit: 'seconds',
    appliesTo,
    value: askedPathSeconds,
  },
  {
    name: 'width.asked',
    title: 'tasks of a run at once where nothing holds them up',
    unit: 'count',
    appliesTo,
    value: (experiment) => {
      const graphs = shapedRuns(experiment)?.graphs ?? [];
      return graphs.length > 0 ? Math.max(...graphs.map(widthOf)) : Number.NaN;
    },
  },
  {
    name: 'width.peak',
    title: 'tasks of a run at once at most',
    unit: 'count',
    better: 'more',
    appliesTo,
    value: (experiment) => distribution(runFigures(experiment).peakWidth).max,
  },
  {
    name: 'width.mean',
    title: 'tasks of a run at once on average',
    unit: 'count',
    better: 'more',
    appliesTo,
    value: (experiment) => distribution(runFigures(experiment).meanWidth).avg,
  },
];
