import type { Experiment } from '../results/experiment.ts';
import type { TaskLedger } from '../results/manifest.ts';
import { countRuns, frameOf, taskStatuses } from './frame.ts';
import { runSizes } from './run-sizes.ts';
import { perExperiment } from './per-experiment.ts';

/** How the files of an experiment differ from what was written. */
export interface DamageFigures {
  /** Rows of tasks that were read, of so many that the manifest accounts for; null where it has no account. */
  readonly tasksRead: number;
  readonly tasksWritten: number | null;
  /** A sentence each: which file, and what is missing. */
  readonly problems: readonly string[];
}

/**
 * Holds the rows that were read against the manifest's own account; undefined when all is there.
 *
 * Figures of damaged results are of the rows that are left: nothing is claimed of them.
 */
export const damageOf = perExperiment((experiment: Experiment): DamageFigures | undefined => {
  const { damage, manifest, tasks } = experiment;
  const files = damage.map(({ table, reason }) => `${table}.arrow is damaged: ${reason}.`);
  const problems = manifest.ledger === undefined ? files : [...files, ...differences(experiment, manifest.ledger)];
  if (problems.length === 0) return undefined;
  return { tasksRead: tasks.numRows(), tasksWritten: manifest.ledger?.submitted ?? null, problems };
});

function differences(experiment: Experiment, ledger: TaskLedger): readonly string[] {
  const frame = frameOf(experiment);
  const read = frame.tasks.count;
  const accepted = countRuns(frame, 'submitted');
  const submitted = runSizes(experiment).submitted;
  const differing = taskStatuses
    .filter((end) => frame.ends[end] !== ledger[end])
    .map((end) => `${frame.ends[end]} of ${ledger[end]} ${end}`);
  return [
    ...(differing.length > 0
      ? [`tasks.arrow holds ${read} tasks, the manifest accounts for ${ledger.submitted} (${differing.join(', ')}).`]
      : []),
    ...(submitted === ledger.submitted
      ? []
      : [`runs.arrow holds ${accepted} submitted runs, the manifest accounts for ${ledger.submitted / runSizes(experiment).mean}.`]),
  ];
}

/** For instance `the results are damaged: figures are of 375 of 750 tasks`. */
export function damageWords({ tasksRead, tasksWritten, problems }: DamageFigures): string {
  return tasksWritten === null || tasksWritten === tasksRead
    ? `the results are damaged: ${problems.join(' ').replace(/\.$/, '')}`
    : `the results are damaged: figures are of ${tasksRead} of ${tasksWritten} tasks`;
}

/** What the reader of the figures should know: that files are damaged, and what was noted when they were written. */
export function warningsOf(experiment: Experiment): readonly string[] {
  return [...(damageOf(experiment)?.problems ?? []), ...experiment.manifest.warnings];
}
