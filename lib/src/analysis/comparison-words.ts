import type { Comparison, ComparisonSide } from './compare-experiments.ts';
import { plural, shortCommit, threeDigits } from './format-figure.ts';
import type { JudgedFigure, UnjudgedFigure } from './judge-figures.ts';
import type { SetupDifference } from './setup-differences.ts';

/** Beyond this a change is a factor, not a percentage. */
const mostPercentRatio = 2;
/** Nobody runs so many: that it can't be told is all there is to say. */
const mostMore = 1000;

/** A false discovery rate at which a figure that is not judged is worth a look. */
const standsOut = 0.05;

/** What a ratio changes: `+4.8 %`, `-0.31 %`, `2.4 times`; a dash when it is not known. */
export function changeOf(ratio: number): string {
  if (!Number.isFinite(ratio)) return '–';
  if (ratio > mostPercentRatio || ratio < 1 / mostPercentRatio) return `${threeDigits(ratio)} times`;
  const change = 100 * (ratio - 1);
  const digits = change.toFixed(Math.abs(change) >= 9.95 ? 0 : Math.abs(change) >= 0.995 ? 1 : 2);
  return Number(digits) === 0 ? '0 %' : `${change > 0 ? '+' : ''}${digits} %`;
}

/** `-5.6 to -3.9 %`; a dash when there is no interval. */
export function intervalOf({ low, high }: { readonly low: number; readonly high: number }): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return '–';
  const [from, to] = [changeOf(low), changeOf(high)];
  const unit = [' %', ' times'].find((word) => from.endsWith(word) && to.endsWith(word)) ?? '';
  return `${from.slice(0, from.length - unit.length)} to ${to}`;
}

/** `slower`, `equivalent (as offered)`, `cannot tell: about 12 more rounds`. */
export function answerWords({ answer, reason, more, caveat }: JudgedFigure, { pairedBy }: Comparison): string {
  const unit = pairedBy === 'none' ? 'of each' : more === 1 ? 'round' : 'rounds';
  // Two digits are more than an extrapolation knows.
  const count = `${Number(more.toPrecision(2)).toLocaleString('en-US')} more ${unit}`;
  const words =
    answer !== 'cannot tell'
      ? answer
      : reason === 'too few'
        ? `cannot tell: at least ${count}`
        : more > mostMore
          ? `cannot tell: more than ${mostMore.toLocaleString('en-US')} more ${unit}`
          : `cannot tell: about ${count}`;
  return caveat === undefined ? words : `${words} (${caveat === 'driver' ? 'limited by the driver' : 'as offered'})`;
}

/** What comes out, in a sentence without its full stop: what is worse first. */
export function findingOf(comparison: Comparison): string {
  const { a, b, judged, losses, margin } = comparison;
  const lost = losses
    .filter(({ isWorse }) => isWorse)
    .map(({ title, b: of }) => `${title}: ${of.count.toLocaleString('en-US')} of ${of.of.toLocaleString('en-US')}`);
  const unsure = judged.filter(({ outcome }) => outcome === 'cannot tell');
  const figures =
    judged.length === 0
      ? `Nothing can be said of ${b.label} beside ${a.label}: no figure is known of both`
      : unsure.length === judged.length
        ? nothingTold(comparison)
        : `${b.label} beside ${a.label}: ${[
            ...(['worse', 'better'] as const).flatMap((outcome) => changes(judged.filter((figure) => figure.outcome === outcome))),
            ...listed(`equivalent within ${percentOf(margin)} in`, judged, 'equivalent'),
            ...listed('not to be told in', judged, 'cannot tell'),
          ].join('; ')}`;
  return lost.length > 0 ? `${b.label} has ${lost.join(', ')}, more than ${a.label}. ${figures}` : figures;
}

function nothingTold({ a, b, judged, rounds, pairedBy }: Comparison): string {
  const counted = pairedBy === 'none' ? `${a.experiments.length} and ${b.experiments.length} experiments` : plural(rounds, 'round');
  const isOrAre = counted === '1 round' ? 'is' : 'are';
  const enough = judged.every(({ reason }) => reason === 'too few') ? 'too few to judge' : 'too few for how far they are apart';
  return `Whether ${b.label} and ${a.label} differ, or are equivalent, can't be told in any of ${plural(judged.length, 'figure')}: ${counted} ${isOrAre} ${enough}`;
}

/** For instance `slower in throughput (-3.4 %), response time p99 (+3.9 %)` and `more in scheduler CPU (+4.0 %)`. */
function changes(figures: readonly JudgedFigure[]): readonly string[] {
  const answers = [...new Set(figures.map(({ answer }) => answer))];
  return answers.map((answer) => {
    const each = figures.filter((figure) => figure.answer === answer).map(({ title, ratio }) => `${title} (${changeOf(ratio.value)})`);
    return `${answer} in ${each.join(', ')}`;
  });
}

function listed(words: string, all: readonly JudgedFigure[], outcome: JudgedFigure['outcome']): readonly string[] {
  const figures = all.filter((figure) => figure.outcome === outcome);
  if (figures.length === 0) return [];
  return [
    `${words} ${figures.length === all.length && all.length > 1 ? `all ${all.length} figures` : figures.map(({ title }) => title).join(', ')}`,
  ];
}

/** What a reader has to know before any number, worst first; a sentence each. */
export function warningsOf(comparison: Comparison): readonly string[] {
  const { a, b, differences, isOneAfterTheOther, notComparable, unknown, pairedBy } = comparison;
  const ofKind = (kind: SetupDifference['kind']): readonly SetupDifference[] =>
    differences.filter((difference) => difference.kind === kind);
  const [load, surroundings, subject] = [ofKind('load'), ofKind('surroundings'), ofKind('subject')];
  const mixed = subject.filter((difference) => difference.a.length > 1 || difference.b.length > 1);
  return [
    ...(load.length > 0 ? [`The load is not the same: ${differencesText(load)}. What differs between figures may be that.`] : []),
    ...(surroundings.length > 0 ? [`Not measured under the same conditions: ${differencesText(surroundings)}.`] : []),
    ...(mixed.length > 0 ? [`Experiments of one group differ: ${differencesText(mixed)}.`] : []),
    ...[a, b].flatMap(({ label, experiments, leftOut }) =>
      leftOut.length === 0
        ? []
        : [
            `${leftOut.length} of ${leftOut.length + experiments.length} experiments of ${label} are in no figure: ${leftOut.map(({ name, reason }) => `${name} (${reason})`).join('; ')}.`,
          ],
    ),
    ...limitWarning(a, b),
    ...(a.noisy + b.noisy > 0
      ? [
          `Other programs used the host in ${a.noisy} of ${a.experiments.length} experiments of ${a.label} and ${b.noisy} of ${b.experiments.length} of ${b.label}.`,
        ]
      : []),
    ...(isOneAfterTheOther
      ? [
          `All of ${a.fromMs < b.fromMs ? a.label : b.label} ran before all of ${a.fromMs < b.fromMs ? b.label : a.label}: whatever changed on the machine meanwhile counts as a difference. Run them in turn.`,
        ]
      : pairedBy === 'none'
        ? ['They did not run in turn: they are compared as two groups, which takes more experiments than pairs do.']
        : []),
    ...notComparable,
    ...(unknown.length > 0 ? [`Not known of both: ${unknown.join(', ')}.`] : []),
  ];
}

/** What B is that A is not: the subject of the comparison, a sentence. */
export function subjectOf({ differences }: Comparison): string {
  const subject = differences.filter(({ kind }) => kind === 'subject');
  if (subject.length === 0) return 'Nothing that orchlab sees of engine, version, settings and commit differs between them.';
  return `They differ in ${differencesText(subject)}.`;
}

export function percentOf(ratio: number): string {
  return `${Number((100 * ratio).toPrecision(3))} %`;
}

/** How the experiments were put beside each other, a sentence. */
export function designOf({ pairedBy, rounds, a, b }: Comparison): string {
  if (pairedBy === 'none') return `${a.experiments.length} experiments beside ${b.experiments.length}, as two groups.`;
  return `${plural(rounds, 'round')}, paired ${pairedBy === 'rounds' ? 'by the rounds of their series' : 'in the order in which they ran'}.`;
}

/** How the answers are to be read, a sentence each. */
export function readingOf({ a, b, alpha, margin, judged }: Comparison): readonly string[] {
  const isAloneClear = judged.some(({ outcome, ratio }) => outcome === 'cannot tell' && (ratio.low > 1 || ratio.high < 1));
  return [
    `Change: from ${a.label} to ${b.label}, with the ${percentOf(1 - alpha)} interval of each figure by itself. Were there no difference, any of these ${judged.length} figures would be called better or worse in at most ${percentOf(alpha)} of comparisons.${isAloneClear ? ` That is why one can't be told though its own interval leaves out no change: of ${judged.length} figures, one or another does so by chance.` : ''}`,
    `Equivalent: the ${percentOf(1 - 2 * alpha)} interval lies within ${percentOf(margin)} either way. An experiment is one value; its tasks are not.`,
  ];
}

/** What was lost or failed, a line each; one line when nothing was. */
export function lossLines({ a, b, losses, unknownLosses }: Comparison): readonly string[] {
  const unknown = unknownLosses.length === 0 ? [] : [`Not known of both: ${unknownLosses.join(', ')}.`];
  if (losses.length === 0 && unknown.length > 0)
    return ['Of what is known, nothing was lost, failed, rejected or dropped in any experiment.', ...unknown];
  if (losses.length === 0) return ['No task was lost, failed, cancelled or done twice, no run rejected or dropped, in any experiment.'];
  const count = (side: { readonly count: number; readonly of: number; readonly experiments: number }): string =>
    side.count === 0
      ? 'none'
      : `${side.count.toLocaleString('en-US')} of ${side.of.toLocaleString('en-US')} (in ${plural(side.experiments, 'experiment')})`;
  const lines = losses.map(
    ({ title, isWorse, ...of }) =>
      `${isWorse ? '! ' : ''}${title}: ${a.label} ${count(of.a)}, ${b.label} ${count(of.b)}${isWorse ? ': worse' : ''}`,
  );
  return [...lines, ...unknown];
}

/** How many figures that are not judged are worth a look, a sentence. */
export function othersLine(comparison: Comparison): string {
  const count = standingOut(comparison).length;
  const found = count === 0 ? 'none stands out' : `${count} ${count === 1 ? 'stands' : 'stand'} out`;
  return `Of ${plural(comparison.unjudged.length, 'further figure')} ${found}.`;
}

/** The figures that are not judged and are worth a look. */
export function standingOut({ unjudged }: Comparison): readonly UnjudgedFigure[] {
  return unjudged.filter(({ falseDiscoveryP }) => falseDiscoveryP <= standsOut);
}

function limitWarning(a: ComparisonSide, b: ComparisonSide): readonly string[] {
  const [ofA = 0, ofB = 0] = [a.limitedBy.driver, b.limitedBy.driver];
  if (ofA + ofB === 0) return [];
  return [
    `The driver limited ${ofA} of ${a.experiments.length} experiments of ${a.label} and ${ofB} of ${b.experiments.length} of ${b.label}: their times and rates say what the driver can, not the target; if these are equivalent, the targets need not be.`,
  ];
}

function differencesText(differences: readonly SetupDifference[]): string {
  return differences.map(({ what, a, b }) => `${what} (${a.map(shortCommit).join(', ')} → ${b.map(shortCommit).join(', ')})`).join(', ');
}

/** What a group is, a sentence. */
export function sideLine({ label, experiments, configs, targets, commits, fromMs, toMs, limitedBy }: ComparisonSide): string {
  const time = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  const [from, to] = [time(fromMs), time(toMs)];
  const when = from === to ? from : `${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`;
  const limits = Object.entries(limitedBy).map(([limit, count]) => `${limit} in ${count}`);
  const at = commits.length === 0 ? '' : `, commit ${commits.map(shortCommit).join(', ')}`;
  return `${label}: ${plural(experiments.length, 'experiment')}, ${configs.join(', ')} on ${targets.join(', ')}${at}, ${when} UTC; limited by ${limits.join(', ') || 'nothing that is known'}.`;
}
