import { quantileSorted } from 'd3-array';
import { correlatedSlope } from '../statistics/correlated-slope.ts';

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
const secondsPerHour = 3600;

/**
 * Whether a series of memory (`bytes` at `atSeconds`, ascending) grows between two moments, and by how much.
 *
 * The slope is that of `correlatedSlope` through the medians of 60 equal blocks of the time: garbage collection makes a sawtooth of each
 * reading, and readings resemble their neighbours. It `grows` where the 95 % interval lies above 0 and reaches beyond
 * `smallBytesPerHour`; it `does-not-grow` where the interval has no growth in it beyond that; else it is `too-short` to tell.
 */
export function growthOf(
  atSeconds: ArrayLike<number>,
  bytes: ArrayLike<number>,
  [fromSeconds, toSeconds]: readonly [number, number],
  { leastSeconds = 300, smallBytesPerHour = 5e6 }: GrowthOptions = {},
): Growth {
  const span = { fromSeconds, toSeconds };
  const unknown = { bytesPerHour: Number.NaN, lowBytesPerHour: Number.NaN, highBytesPerHour: Number.NaN, level: 0.95, blocks: 0 };
  const tooShort = (reason: string): Growth => ({ verdict: 'too-short', ...unknown, ...span, reason });
  const lasted = toSeconds - fromSeconds;
  if (!(lasted >= leastSeconds)) return tooShort(`${Math.max(0, Math.round(lasted)) || 0} s that count, of at least ${leastSeconds}`);
  const { middles, medians } = blockMedians(atSeconds, bytes, span);
  if (middles.length < leastBlocks)
    return tooShort(`readings in ${middles.length} of ${mostBlocks} parts of the time, of at least ${leastBlocks}`);
  const { value, low, high, level } = correlatedSlope(
    middles.map((seconds) => seconds / secondsPerHour),
    medians,
  );
  const figures = { bytesPerHour: value, lowBytesPerHour: low, highBytesPerHour: high, level, ...span, blocks: middles.length };
  if (low <= high && high <= smallBytesPerHour) return { verdict: 'does-not-grow', ...figures, reason: '' };
  if (low > 0 && low <= high) return { verdict: 'grows', ...figures, reason: '' };
  return { verdict: 'too-short', ...figures, reason: 'the interval is too wide' };
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
