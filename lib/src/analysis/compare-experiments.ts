import type { Experiment } from '../results/experiment.ts';
import { notedCommit } from '../results/experiment-commit.ts';
import { differs, isCounted, uncomparedNote } from './comparable-groups.ts';
import { comparedFigures } from './compared-figures.ts';
import { type LossComparison, compareLosses } from './compared-losses.ts';
import { type Pairing, type RoundOf, toRounds } from './comparison-rounds.ts';
import { type Figure, figures as catalogue, findFigure, roleFigures } from './figures.ts';
import { shortCommit } from './format-figure.ts';
import { type JudgedFigure, type UnjudgedFigure, judgeFigures, showFigures, valueOf } from './judge-figures.ts';
import type { LimitedBy } from './limit-rules.ts';
import { summaryOf } from './saved-summary.ts';
import { type SetupDifference, differingKeys, notKnown, setupDifferences } from './setup-differences.ts';
import { workflowFigureNamed } from './workflow-figures.ts';

export interface CompareExperimentsOptions {
  /** Ratios between 1 / (1 + margin) and 1 + margin are no difference that matters. Default: 0.03. */
  readonly margin?: number;
  /** The probability of calling any judged figure better or worse when none is. Default: 0.05. */
  readonly alpha?: number;
  /** Names of the figures that are judged, together. Default: those that targets are compared by (`compareTargets`). */
  readonly figures?: readonly string[];
  /** Default: `auto`. */
  readonly pairing?: Pairing;
  /** Tells which round of a series an experiment was run in. Default: none was. */
  readonly roundOf?: RoundOf;
  /** What A and B are called. Default: what tells them apart where that is one short word each, else A and B. */
  readonly labels?: readonly [a: string, b: string];
  /** Of what is drawn where there are too many ways to try all. Default: 1. */
  readonly seed?: number;
}

/** Two groups of experiments, and what one is beside the other: plain data. */
export interface Comparison {
  readonly a: ComparisonSide;
  readonly b: ComparisonSide;
  /** `none`: the groups are compared as such. */
  readonly pairedBy: 'rounds' | 'order' | 'none';
  /** Rounds in which both are counted; 0 where they are not paired. */
  readonly rounds: number;
  /** All of one ran before all of the other. */
  readonly isOneAfterTheOther: boolean;
  readonly margin: number;
  readonly alpha: number;
  /** What differs between their setups. */
  readonly differences: readonly SetupDifference[];
  /** The figures that are judged, their answers right together with a probability of 1 - alpha where there is no difference. */
  readonly judged: readonly JudgedFigure[];
  /** All others with a good end, to look at. */
  readonly unjudged: readonly UnjudgedFigure[];
  /** What happened that never ought to. */
  readonly losses: readonly LossComparison[];
  /** Titles of what of that is not known of one of the groups. */
  readonly unknownLosses: readonly string[];
  /** Titles of figures that would have been judged, and are not known in one of the groups. */
  readonly unknown: readonly string[];
  /** Why figures are left out that mean something else in the one than in the other; a sentence each. */
  readonly notComparable: readonly string[];
}

export interface ComparisonSide {
  readonly label: string;
  /** Names of the experiments that are counted, in the order of time. */
  readonly experiments: readonly string[];
  /** Those that are not, and why. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** Config, target with its version, and commit, each once. */
  readonly configs: readonly string[];
  readonly targets: readonly string[];
  readonly commits: readonly string[];
  /** Epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Of how many of those counted the verdict is what. */
  readonly limitedBy: Readonly<Partial<Record<LimitedBy, number>>>;
  /** How many of those counted ran on a host that others used as well. */
  readonly noisy: number;
}

/** Longer words leave no room for numbers. */
const longestLabel = 28;

/** orchlab's own doing, and what the schedule sets. */
const notTheTargets = /^(driver|sampler|scheduleLag)\./;

/**
 * What B is beside A: two groups of experiments, each of one setup. The experiment is the unit, never the task.
 *
 * Experiments that ran in turn are compared in pairs (`comparePairs`), others as two groups (`compareGroups`). A family of few figures is
 * judged, with correction for their number, as each further figure takes from the chance to tell any of them; all others are shown with
 * their ratios and intervals, and are not judged. Counts of what was lost or failed are told as they are. Experiments that did not end as
 * done, or are damaged, are in no figure, nor is the other one of their round.
 *
 * Throws a RangeError when a group is empty, when an experiment is in both, when those of a group have different configs, for a figure that
 * there is none of or that has no good end, and as `toRounds` does.
 */
export function compareExperiments(
  ofA: readonly Experiment[],
  ofB: readonly Experiment[],
  options: CompareExperimentsOptions = {},
): Comparison {
  const [a, b] = [ofA, ofB].map(inTime) as [Experiment[], Experiment[]];
  const { margin = 0.03, alpha = 0.05, seed = 1, pairing = 'auto', roundOf = () => undefined } = options;
  checkGroups(a, b);
  const { by, rounds, isOneAfterTheOther } = toRounds(a, b, pairing, roundOf);
  const counted = rounds.filter(([one, other]) => one !== undefined && other !== undefined && isCounted(one) && isCounted(other));
  const experiments =
    by === 'none'
      ? { a: a.filter(isCounted), b: b.filter(isCounted) }
      : { a: counted.map(([one]) => one!), b: counted.map(([, other]) => other!), rounds: counted };
  const differences = setupDifferences(a, b, rounds);
  const [labelA, labelB] = options.labels ?? labelsOf(differences);
  const roles = [...new Set([...a, ...b].flatMap((experiment) => Object.keys(summaryOf(experiment).roles)))];
  const { family, uncompared, others, unknown } = chooseFigures([...a, ...b], experiments, roles, options.figures);
  const { losses, unknown: unknownLosses } = compareLosses(a, b, alpha);
  const judging = { margin, alpha, seed };
  return {
    a: sideOf(labelA, a, experiments.a),
    b: sideOf(labelB, b, experiments.b),
    pairedBy: by,
    rounds: counted.length,
    isOneAfterTheOther,
    margin,
    alpha,
    differences,
    judged: judgeFigures(family, experiments, judging),
    unjudged: showFigures(others, experiments, judging),
    losses,
    unknownLosses,
    unknown,
    notComparable: uncompared,
  };
}

function checkGroups(a: readonly Experiment[], b: readonly Experiment[]): void {
  for (const [name, group] of [['A', a] as const, ['B', b] as const]) {
    if (group.length === 0) throw new RangeError(`comparison: expected at least one experiment of ${name}, got none`);
    const keys = differingKeys(group);
    if (keys.length > 0)
      throw new RangeError(`comparison: expected experiments of one config as ${name}, got some that differ in ${keys.join(', ')}`);
  }
  const both = a.find(({ directory }) => b.some((other) => other.directory === directory));
  if (both) throw new RangeError(`comparison: expected each experiment in A or in B, got ${both.name} in both`);
}

interface ChosenFigures {
  readonly family: readonly Figure[];
  readonly others: readonly Figure[];
  readonly uncompared: readonly string[];
  readonly unknown: readonly string[];
}

function chooseFigures(
  all: readonly Experiment[],
  { a, b }: { readonly a: readonly Experiment[]; readonly b: readonly Experiment[] },
  roles: readonly string[],
  names: readonly string[] = comparedFigures(roles).map(({ name }) => name),
): ChosenFigures {
  const every = [...catalogue, ...roles.flatMap(roleFigures)];
  const asked = [...new Set(names)].map((name) => workflowFigureNamed(name) ?? findFigure(name, every));
  const endless = asked.find(({ better, unit }) => better === undefined || unit === 'count');
  if (endless)
    throw new RangeError(
      `comparison: expected figures of which more or less is better by a ratio, got ${endless.name}, which is only told`,
    );
  const timeOf = ({ times = [] }: Figure) => times.find((time) => differs(all, time));
  const isKnown = ({ name }: Figure): boolean => [a, b].every((group) => group.some((each) => !Number.isNaN(valueOf(name, each))));
  const comparable = asked.filter((figure) => timeOf(figure) === undefined);
  const [time] = asked.flatMap((figure) => timeOf(figure) ?? []);
  return {
    family: comparable.filter(isKnown),
    unknown: comparable.filter((figure) => !isKnown(figure)).map(({ title }) => title),
    uncompared: time === undefined ? [] : [uncomparedNote(all, time)],
    others: every.filter(
      (figure) =>
        figure.better !== undefined &&
        figure.unit !== 'count' &&
        !notTheTargets.test(figure.name) &&
        !asked.includes(figure) &&
        timeOf(figure) === undefined &&
        isKnown(figure),
    ),
  };
}

function inTime(experiments: readonly Experiment[]): Experiment[] {
  return experiments.toSorted((one, other) => one.manifest.times.startedMs - other.manifest.times.startedMs);
}

/** What a reader can tell the groups by, in a word; A and B where one word does not do. */
function labelsOf(differences: readonly SetupDifference[]): readonly [string, string] {
  const subjects = differences.filter(({ kind }) => kind === 'subject');
  const first = subjects.find(({ what }) => what === 'target' || subjects.length === 1);
  if (!first || [first.a, first.b].some((values) => values.length !== 1 || values[0] === notKnown)) return ['A', 'B'];
  const word = /^(target|script|executor)$/.test(first.what)
    ? ''
    : first.what.startsWith('commit')
      ? 'commit '
      : `${first.what.split('.').at(-1)} `;
  const [a = '', b = ''] = [first.a[0], first.b[0]].map((value = '') => `${word}${shortCommit(value)}`);
  return a === b || Math.max(a.length, b.length) > longestLabel ? ['A', 'B'] : [a, b];
}

function sideOf(label: string, all: readonly Experiment[], counted: readonly Experiment[]): ComparisonSide {
  const each = (of: (experiment: Experiment) => string): string[] => [...new Set(all.map(of).filter((word) => word !== ''))];
  const verdicts = counted.map((experiment) => summaryOf(experiment).verdict);
  const limits = [...new Set(verdicts.map(({ limitedBy }) => limitedBy))];
  return {
    label,
    experiments: counted.map(({ name }) => name),
    leftOut: all
      .filter((experiment) => !counted.includes(experiment))
      .map((experiment) => ({ name: experiment.name, reason: whyLeftOut(experiment) })),
    configs: each(({ manifest }) => manifest.config.name),
    targets: each(({ manifest: { target } }) => `${target.name} ${target.version}`.trimEnd()),
    commits: each(({ manifest }) => notedCommit(manifest) ?? ''),
    fromMs: Math.min(...all.map(({ manifest }) => manifest.times.startedMs)),
    toMs: Math.max(...all.map(({ manifest }) => manifest.times.startedMs)),
    limitedBy: Object.fromEntries(limits.map((limit) => [limit, verdicts.filter(({ limitedBy }) => limitedBy === limit).length])),
    noisy: verdicts.filter(({ notes }) => notes.some((note) => note.startsWith('Noisy host'))).length,
  };
}

function whyLeftOut(experiment: Experiment): string {
  const { status, reason } = experiment.manifest;
  if (status !== 'done') return `${status}${reason === undefined ? '' : `: ${reason}`}`;
  return isCounted(experiment) ? 'the other one of its round is not counted' : 'its files are damaged';
}
