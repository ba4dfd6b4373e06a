import type { Experiment } from '../results/experiment.ts';
import type { ExperimentStatus, TaskLedger } from '../results/manifest.ts';
import { rankSumTest } from '../statistics/rank-tests.ts';
import { holm } from '../statistics/adjust-p-values.ts';
import { summaryOf } from './saved-summary.ts';

/** How often something happened that never ought to, in two groups of experiments. */
export interface LossComparison {
  /** For instance `tasks.lost`; `experiments.notDone` for experiments that failed or timed out. */
  readonly name: string;
  readonly title: string;
  readonly a: LossCount;
  readonly b: LossCount;
  /**
   * B only: it has some where A has none, or more by the rank-sum test of the shares an experiment (corrected by Holm for all counts).
   * None is ever a matter of noise alone, so one is enough to be told.
   */
  readonly isWorse: boolean;
}

export interface LossCount {
  readonly count: number;
  /** Of so many tasks, runs or experiments. */
  readonly of: number;
  /** In so many experiments. */
  readonly experiments: number;
}

const ledgerKeys = ['lost', 'failed', 'cancelled', 'duplicates', 'ghosts'] as const satisfies readonly (keyof TaskLedger)[];
const runKeys = ['rejected', 'dropped'] as const;

export interface ComparedLosses {
  /** What happened in neither group is left out. */
  readonly losses: readonly LossComparison[];
  /** Titles of what is not known of one of the groups: whether it happened can't be said. */
  readonly unknown: readonly string[];
}

/** What was lost, failed, done twice or refused in either group, by the experiments of which it is known. */
export function compareLosses(a: readonly Experiment[], b: readonly Experiment[], alpha: number): ComparedLosses {
  const counts = [
    {
      name: 'experiments.notDone',
      title: 'experiments failed, timed out or aborted',
      of: (group: readonly Experiment[]) => group.flatMap(endOf),
    },
    ...ledgerKeys.map((key) => ({
      name: `tasks.${key}`,
      title: `tasks ${key === 'duplicates' ? 'done twice' : key === 'ghosts' ? 'done that nobody submitted' : key}`,
      of: (group: readonly Experiment[]) =>
        readable(group).flatMap((experiment) => {
          const { tasks } = summaryOf(experiment);
          const count = tasks[key];
          return count === null ? [] : [{ count, of: tasks.submitted }];
        }),
    })),
    ...runKeys.map((key) => ({
      name: `runs.${key}`,
      title: `runs ${key === 'dropped' ? 'never sent' : key}`,
      of: (group: readonly Experiment[]) =>
        readable(group).map((experiment) => ({ count: summaryOf(experiment).runs[key], of: summaryOf(experiment).runs.planned })),
    })),
  ];
  const all = counts.map(({ name, title, of }) => ({ name, title, byA: of(a), byB: of(b) }));
  const isKnown = ({ byA, byB }: (typeof all)[number]): boolean => byA.length > 0 && byB.length > 0;
  const found = all.filter((each) => isKnown(each) && [...each.byA, ...each.byB].some(({ count }) => count > 0));
  const shares = (each: readonly { readonly count: number; readonly of: number }[]): number[] => each.map(({ count, of }) => count / of);
  const adjusted = holm(found.map(({ byA, byB }) => rankSumTest(shares(byB), shares(byA), 'greater').p));
  const losses = found.map(({ name, title, byA, byB }, index) => {
    const both = { a: sumOf(byA), b: sumOf(byB) };
    return { name, title, ...both, isWorse: both.b.count > 0 && (both.a.count === 0 || adjusted[index]! <= alpha) };
  });
  return { losses, unknown: all.filter((each) => !isKnown(each)).map(({ title }) => title) };
}

/** What their tasks came to is not the target's doing. */
const isEndedByUs: ReadonlySet<ExperimentStatus> = new Set(['interrupted', 'running', 'aborted']);

/** Those that the user ended, or that still run, say nothing. */
function endOf({ manifest: { status } }: Experiment): { readonly count: number; readonly of: number }[] {
  return status === 'interrupted' || status === 'running' ? [] : [{ count: status === 'done' ? 0 : 1, of: 1 }];
}

function readable(group: readonly Experiment[]): readonly Experiment[] {
  return group.filter((experiment) => {
    const { status, damage, tasksRead, tasks } = summaryOf(experiment);
    return !isEndedByUs.has(status) && damage === null && tasksRead && tasks.submitted > 0;
  });
}

function sumOf(each: readonly { readonly count: number; readonly of: number }[]): LossCount {
  return {
    count: each.reduce((sum, { count }) => sum + count, 0),
    of: each.reduce((sum, { of }) => sum + of, 0),
    experiments: each.filter(({ count }) => count > 0).length,
  };
}
