import { quantileSorted } from 'd3-array';
import { trendSlope } from '../statistics/trend-slope.ts';

/** Whether memory grows: by more than nothing, by no more than is of no account, or neither can be told. */
export type GrowthVerdict = 'grows' | 'does-not-grow' | 'too-short';

/** How fast memory grows, in bytes an hour, with an interval; NaN for what is not known. */
export interface Growth {
  readonly verdict: GrowthVerdict;
  readonly bytesPerHour: number;
  readonly lowBytesPerHour: number;
  readonly highBytesPerHour: number;
  /** How often such an interval holds the true value, 0 to 1. */
  readonly level: number;
  /** The part that it is of, in the seconds of the series. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Whether what came before it, growth that slowed down, is left out: what fills up levels off, and is no leak. */
  readonly slowed: boolean;
  /** Pieces of it whose medians the slope is of. */
  readonly blocks: number;
  /** Where it is too short to tell: in what. Else empty. */
  readonly reason: string;
}

export interface GrowthOptions {
  /** Seconds of readings, at least: by fewer nothing is said of an hour. Default 300. */
  readonly leastSeconds?: number;
  /** Growth that is of no account, bytes an hour. Default 5e6: 120 MB a day. */
  readonly smallBytesPerHour?: number;
}

const mostBlocks = 60;
const leastBlocks = 20;
/** Of so many steady leaks the halves differ by less than what is taken for slowing down; half of the others differ the other way. */
const steadyLevel = 0.8;
const secondsPerHour = 3600;

/**
 * Whether a series of memory (`bytes` at `atSeconds`, ascending) grows between two moments, and by how much.
 *
 * The slope is that of `trendSlope` through the medians of 60 equal blocks of the time: garbage collection makes a sawtooth of each
 * reading, and readings resemble their neighbours. It `grows` where the 95 % interval lies above 0 and reaches beyond
 * `smallBytesPerHour`; it `does-not-grow` where the interval has no growth in it beyond that; else it is `too-short` to tell.
 *
 * Growth that slows down may be that of what fills up and then is full: of it only the second half is judged, and of that in the same way.
 */
export function growthOf(
  atSeconds: ArrayLike<number>,
  bytes: ArrayLike<number>,
  [fromSeconds, toSeconds]: readonly [number, number],
  { leastSeconds = 300, smallBytesPerHour = 5e6 }: GrowthOptions = {},
): Growth {
  const limits = { leastSeconds, smallBytesPerHour };
  let span = { fromSeconds, toSeconds, slowed: false };
  for (;;) {
    const { slows, ...growth } = growthWithin(atSeconds, bytes, span, limits);
    if (growth.verdict !== 'grows' || !slows) return growth;
    span = { fromSeconds: (span.fromSeconds + toSeconds) / 2, toSeconds, slowed: true };
  }
}

function growthWithin(
  atSeconds: ArrayLike<number>,
  bytes: ArrayLike<number>,
  span: Pick<Growth, 'fromSeconds' | 'toSeconds' | 'slowed'>,
  { leastSeconds, smallBytesPerHour }: Required<GrowthOptions>,
): Growth & { readonly slows: boolean } {
  const unknown = { bytesPerHour: Number.NaN, lowBytesPerHour: Number.NaN, highBytesPerHour: Number.NaN, level: 0.95, blocks: 0 };
  const tooShort = (reason: string): Growth & { readonly slows: boolean } => ({
    verdict: 'too-short',
    ...unknown,
    ...span,
    reason: span.slowed ? `growth slowed down, and after that there are ${reason}` : reason,
    slows: false,
  });
  const lasted = span.toSeconds - span.fromSeconds;
  if (!(lasted >= leastSeconds)) return tooShort(`${Math.max(0, Math.round(lasted)) || 0} s that count, of at least ${leastSeconds}`);
  const { middles, medians } = blockMedians(atSeconds, bytes, span);
  if (middles.length < leastBlocks)
    return tooShort(`readings in ${middles.length} of ${mostBlocks} parts of the time, of at least ${leastBlocks}`);
  const hours = middles.map((seconds) => seconds / secondsPerHour);
  const { value, low, high, level } = trendSlope(hours, medians);
  const figures = { bytesPerHour: value, lowBytesPerHour: low, highBytesPerHour: high, level, ...span, blocks: middles.length };
  const slows = slowsDown(hours, medians);
  if (high <= smallBytesPerHour) return { verdict: 'does-not-grow', ...figures, reason: '', slows };
  if (low > 0) return { verdict: 'grows', ...figures, reason: '', slows };
  return { verdict: 'too-short', ...figures, reason: 'the interval is too wide', slows };
}

/**
 * Whether the second half of a series rises less than half as fast as the first, and that by more than chance, which the second one tells:
 * what fills up has least of it there. A leak that is as good as steady does not.
 */
function slowsDown(hours: readonly number[], medians: readonly number[]): boolean {
  const half = Math.floor(hours.length / 2);
  const first = trendSlope(hours.slice(0, half), medians.slice(0, half));
  const second = trendSlope(hours.slice(half), medians.slice(half), steadyLevel);
  // That of a difference of two.
  const reach = Math.SQRT2 * (second.high - second.value);
  return second.value < first.value / 2 && first.value - second.value > reach;
}

/** The medians of equal parts of the time, and where their middles are; parts without a reading are left out. */
function blockMedians(
  atSeconds: ArrayLike<number>,
  bytes: ArrayLike<number>,
  { fromSeconds, toSeconds }: Pick<Growth, 'fromSeconds' | 'toSeconds'>,
): { readonly middles: readonly number[]; readonly medians: readonly number[] } {
  const width = (toSeconds - fromSeconds) / mostBlocks;
  const blocks = Array.from({ length: mostBlocks }, (): number[] => []);
  for (let index = 0; index < atSeconds.length; index++)
    if (!Number.isNaN(bytes[index]!)) blocks[Math.floor((atSeconds[index]! - fromSeconds) / width)]?.push(bytes[index]!);
  const filled = blocks.flatMap((values, block) => (values.length === 0 ? [] : [{ values, middle: fromSeconds + (block + 0.5) * width }]));
  return {
    middles: filled.map(({ middle }) => middle),
    medians: filled.map(({ values }) => quantileSorted(Float64Array.from(values).sort(), 0.5) ?? Number.NaN),
  };
}
