import type { BorderEvidence } from './border-evidence.ts';
import { formatSeconds, tasksPerSecond, threeDigits } from './format-figure.ts';
import type { Regime, RegimeBorder } from './regimes.ts';
import type { SeriesChange } from './regime-borders.ts';
import { waitWords } from './wait-meanings.ts';

/** Of what happened and of what was another, so much is said in a sentence; the table has all. */
const mostInSentence = 2;
/** What weighs less than this is in no sentence. */
const leastWeight = 15;
/** Rates that differ by less are said once. */
const sameRatio = 0.1;

/** For instance `71 tasks/s until 118 s, then 5,600: autoanalyze of _private_jobs at 117 s, UPDATE _private_jobs from 19 to 0.2 ms`. */
export function regimesSentence(regimes: readonly Regime[], borders: readonly RegimeBorder[]): string {
  const parts = regimes.map(({ tasksPerSecond: rate, toSeconds }, index) => {
    const border = borders[index - 1];
    const before = regimes[index - 1]?.tasksPerSecond ?? Number.NaN;
    const isSame = Math.abs(rate / before - 1) < sameRatio;
    const until = index < regimes.length - 1 ? ` until ${secondsAt(toSeconds)}` : '';
    const what = index === 0 ? tasksPerSecond(rate) : `then ${isSame ? 'much the same' : threeDigits(rate)}`;
    const why = border ? becauseOf(border, isSame) : '';
    return `${what}${until}${why}`;
  });
  const [first = '', ...others] = parts;
  // One border has its reasons after a colon; several in brackets, or it could not be told which is of which.
  if (others.length === 1) return `${first}, ${others[0]}`.replace(/ \((.*)\)$/s, ': $1');
  return [first, ...others].join(', ');
}

function becauseOf(border: RegimeBorder, isSame: boolean): string {
  const changed = isSame ? border.changes.filter(({ kind }) => kind !== 'throughput').slice(0, 1).map(changeWords) : [];
  const happened = border.evidence.filter(({ weight }) => weight >= leastWeight).slice(0, mostInSentence).map(evidenceWords);
  const words = [...changed, ...happened.filter((word) => !changed.includes(word))];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

/** What changed at a border and what happened close to it, each a few words, the most telling first. */
export function borderWords({ evidence }: Pick<RegimeBorder, 'evidence'>): readonly string[] {
  return evidence.map((one) => [evidenceWords(one), one.detail].filter((word) => word !== '').join(' (') + (one.detail === '' ? '' : ')'));
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
  return `${whose} CPU from ${threeDigits(before)} to ${threeDigits(after)} cores`;
}

function waitingWords(wait: string, before: number, after: number): string {
  const what = wait === 'on CPU' ? 'that ran on a CPU' : `that waited for ${waitWords(wait)}`;
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
