/** What is used of d3-array, which comes without types; those of DefinitelyTyped take no Float64Array for `quantileSorted`. */
declare module 'd3-array' {
  /** The p-quantile (0 to 1) of sorted numbers, interpolated (R type 7); undefined when there are none. */
  export function quantileSorted(values: ArrayLike<number>, p: number): number | undefined;
  /** How many of `values` (ascending, no NaN) are at most `limit`. */
  export function bisectRight(values: ArrayLike<number>, limit: number): number;
  /** How many of `values` (ascending, no NaN) are below `limit`. */
  export function bisectLeft(values: ArrayLike<number>, limit: number): number;
  /** Undefined when there are none. */
  export function mean(values: readonly number[]): number | undefined;
  /** NaNs are left out; undefined when there are none. */
  export function median(values: readonly number[]): number | undefined;
  /** Unbiased (n - 1); undefined for fewer than two. */
  export function variance(values: readonly number[]): number | undefined;
  /** About `count` round numbers between two. */
  export function ticks(start: number, stop: number, count: number): number[];
  /** Shuffles in place (Fisher and Yates) with numbers from 0 to 1. */
  export function shuffler(random: () => number): <T>(values: T[]) => T[];
  /** Every combination of a value of each, the last varying fastest. */
  export function cross<T>(...values: readonly (readonly T[])[]): T[][];
}
