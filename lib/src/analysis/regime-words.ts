import type { BorderEvidence } from './border-changes.ts';
import { formatSeconds, tasksPerSecond, threeDigits } from './format-figure.ts';
import type { Regime, RegimeBorder } from './regimes.ts';
import type { SeriesChange } from './regime-borders.ts';
import { briefWaitWords } from './wait-meanings.ts';

const mostInList = 8;
/** Of what happened, and of what was another, so much is said in a sentence; the table has all. */
const mostInSentence = 2;
/** What weighs this much of the first is said beside it. */
const comparableRatio = 0.6;
/** What weighs less than this is in no sentence. */
const leastWeight = 8;
/** Rates that differ by less are said once. */
const sameRatio = 0.25;
/** A rate that goes so far from the beginning of a regime to its end is told as both. */
const slideRatio = 1.5;

/**
 * For instance `71 tasks/s until 118 s, then 5,600: autoanalyze of _private_jobs at 117 s, UPDATE _private_jobs from 19 to 0.2 ms`.
 *
 * Of many regimes the main borders, those at which the rate changed most; the table has all.
 */
export function regimesSentence(allRegimes: readonly Regime[], allBorders: readonly RegimeBorder[]): string {
  const { regimes, borders } = mainOnes(allRegimes, allBorders);
  const parts = regimes.map((regime, index) => {
    const border = borders[index - 1];
    const isSame = Math.abs(regime.tasksPerSecondFirst / (regimes[index - 1]?.tasksPerSecondLast ?? Number.NaN) - 1) < sameRatio;
    const until = index < regimes.length - 1 ? ` until ${secondsAt(regime.toSeconds)}` : '';
    const what = index === 0 ? rateWords(regime, tasksPerSecond) : `then ${isSame ? 'much the same' : rateWords(regime, threeDigits)}`;
    const why = border ? becauseOf(border, isSame) : '';
    return `${what}${until}${why}`;
  });
  const [first = '', ...others] = parts;
  // One border has its reasons after a colon; several in brackets, or it could not be told which is of which.
  if (others.length === 1) return `${first}, ${others[0]}`.replace(/ \((.*)\)$/s, ': $1');
  return [first, ...others].join(', ');
}

type Rates = Pick<Regime, 'fromSeconds' | 'toSeconds' | 'tasksPerSecond' | 'tasksPerSecondFirst' | 'tasksPerSecondLast'>;

/** A border at which the rate changed by less than this of the largest change (of logarithms) is not told in the sentence. */
const mainRatio = 1 / 3;

function mainOnes(
  regimes: readonly Regime[],
  borders: readonly RegimeBorder[],
): { readonly regimes: readonly Rates[]; readonly borders: readonly RegimeBorder[] } {
  const changes = borders.map((_, index) => {
    const [before, after] = [regimes[index]?.tasksPerSecondLast ?? 0, regimes[index + 1]?.tasksPerSecondFirst ?? 0];
    return Math.abs(Math.log(Math.max(after, leastRate) / Math.max(before, leastRate)));
  });
  const largest = Math.max(...changes);
  // Where the rate is much the same throughout, something else changed.
  if (largest < Math.log(1 + sameRatio)) return { regimes, borders };
  const isMain = (index: number): boolean => (changes[index] ?? 0) >= mainRatio * largest;
  const joined: Rates[] = [];
  for (const [index, regime] of regimes.entries()) {
    const before = joined.at(-1);
    if (!before || isMain(index - 1)) {
      joined.push(regime);
      continue;
    }
    const [length, more] = [before.toSeconds - before.fromSeconds, regime.toSeconds - regime.fromSeconds];
    joined[joined.length - 1] = {
      fromSeconds: before.fromSeconds,
      toSeconds: regime.toSeconds,
      tasksPerSecond: (before.tasksPerSecond * length + regime.tasksPerSecond * more) / (length + more),
      tasksPerSecondFirst: before.tasksPerSecondFirst,
      tasksPerSecondLast: regime.tasksPerSecondLast,
    };
  }
  return { regimes: joined, borders: borders.filter((_, index) => isMain(index)) };
}

/** Of one that stands still, tasks a second. */
const leastRate = 0.1;

/** For instance `71 tasks/s`; of one that slowly rises or falls, `falling from 700 to 105`. */
function rateWords(
  { tasksPerSecond: rate, tasksPerSecondFirst: first, tasksPerSecondLast: last }: Rates,
  format: (rate: number) => string,
): string {
  if (!(Math.max(first / last, last / first) >= slideRatio)) return format(rate);
  return `${last < first ? 'falling' : 'rising'} from ${threeDigits(first)} to ${format(last)}`;
}

/** What was done or happened by itself; the rest went with it. */
const happenings: ReadonlySet<BorderEvidence['kind']> = new Set(['load', 'stall', 'event', 'other programs', 'processes']);

function becauseOf(border: RegimeBorder, isSame: boolean): string {
  const told = border.evidence.filter(({ weight }) => weight >= leastWeight);
  const happened = told.filter(({ kind }) => happenings.has(kind));
  const most = happened[0]?.weight ?? 0;
  const reasons = happened
    .filter(({ kind, weight }, index) => weight >= comparableRatio * most && happened.findIndex((other) => other.kind === kind) === index)
    .slice(0, mostInSentence)
    .map((one) => togetherWords(one, happened));
  // Where the rate stayed the same, what did change is not seen otherwise.
  const changed = isSame ? border.changes.filter(({ kind }) => kind !== 'throughput').slice(0, 1) : [];
  const isTold = (subject: string): boolean => changed.some((change) => change.subject === subject);
  const others = told.filter(({ kind, subject }) => !happenings.has(kind) && !isTold(subject)).map(evidenceWords);
  const words = [...changed.map(changeWords), ...reasons, ...others.slice(0, reasons.length === 0 ? mostInSentence : 1)];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

/** What was done to one table at about the same time is said together: `autovacuum and autoanalyze of _private_jobs at 117 s`. */
function togetherWords(one: BorderEvidence, all: readonly BorderEvidence[]): string {
  const [, table] = one.kind === 'event' ? (/ of (.+)$/.exec(one.subject) ?? []) : [];
  if (table === undefined) return evidenceWords(one);
  const same = all.filter(({ kind, subject }) => kind === 'event' && subject.endsWith(` of ${table}`));
  const kinds = same.map(({ subject }) => subject.slice(0, -` of ${table}`.length)).toSorted();
  return evidenceWords({ ...one, subject: `${[...new Set(kinds)].join(' and ')} of ${table.split('.').at(-1)}` });
}

/** What happened close to a border or was another on both sides, each a few words, the most telling first and no more than eight. */
export function borderWords({ evidence }: Pick<RegimeBorder, 'evidence'>): readonly string[] {
  return evidence
    .slice(0, mostInList)
    .map((one) => [evidenceWords(one), one.detail].filter((word) => word !== '').join(' (') + (one.detail === '' ? '' : ')'));
}

/** A change of a series, for instance `Postgres' CPU from 0.3 to 1.2 cores`. */
export function changeWords({ kind, subject, before, after }: SeriesChange): string {
  if (kind === 'throughput') return `throughput from ${threeDigits(before)} to ${tasksPerSecond(after)}`;
  if (kind === 'response time') return `response time from ${formatSeconds(before)} to ${formatSeconds(after)}`;
  if (kind === 'CPU') return cpuWords(subject, before, after);
  return waitingWords(subject, before, after);
}

/** A piece of evidence without its detail, for instance `autoanalyze of _private_jobs at 117 s`. */
export function evidenceWords({ kind, subject, atSeconds, before, after }: BorderEvidence): string {
  const at = Number.isNaN(atSeconds) ? '' : ` at ${secondsAt(atSeconds)}`;
  switch (kind) {
    case 'load':
      if (subject === 'submitted') return `the last run was submitted${at}`;
      return `the load went from ${threeDigits(before)} to ${tasksPerSecond(after)}`;
    case 'stall':
      return `a stall ${subject}${at}`;
    case 'event':
      return `${subject}${at}`;
    case 'processes':
      return `${subject} processes from ${threeDigits(before)} to ${threeDigits(after)}`;
    case 'statement':
      return `${subject} from ${betweenSeconds(before, after)}`;
    case 'waits':
      return waitingWords(subject, before, after);
    case 'CPU':
    case 'other programs':
      return cpuWords(subject, before, after);
    case 'memory':
      return `memory of ${subject} from ${threeDigits(before / 1e6)} to ${threeDigits(after / 1e6)} MB`;
    case 'dead tuples':
      return `dead tuples from ${threeDigits(before)} to ${threeDigits(after)}`;
  }
}

function cpuWords(role: string, before: number, after: number): string {
  const whose = role === 'postgres' ? "Postgres'" : role === 'other programs' ? "other programs'" : `the ${role}'s`;
  const cores = (value: number): string => String(Number(Math.max(0, value).toPrecision(2)));
  return `${whose} CPU from ${cores(before)} to ${cores(after)} cores`;
}

function waitingWords(wait: string, before: number, after: number): string {
  const what = wait === 'on CPU' ? 'that ran on a CPU' : `waiting for ${briefWaitWords(wait)}`;
  return `connections ${what} from ${threeDigits(before)} to ${threeDigits(after)}`;
}

/** One unit for both, as people say it: `19 to 0.2 ms`. */
function betweenSeconds(before: number, after: number): string {
  const isLong = Math.min(before, after) >= 1;
  const value = (seconds: number): string => threeDigits(isLong ? seconds : 1000 * seconds);
  return `${value(before)} to ${value(after)} ${isLong ? 's' : 'ms'}`;
}

/** From when to when, for instance `12 s to 118 s`. */
export function spanWords(fromSeconds: number, toSeconds: number): string {
  return `${secondsAt(fromSeconds)} to ${secondsAt(toSeconds)}`;
}

/** A moment: whole seconds from ten on. */
function secondsAt(seconds: number): string {
  return `${seconds >= 10 ? Math.round(seconds).toLocaleString('en-US') : threeDigits(seconds)} s`;
}
