import { sortNumbers } from './sort-numbers.ts';

/** Moments in order, with what it takes to say how many had come, on average over any time, without looking at each. */
export interface Edges {
  /** Epoch milliseconds, ascending. */
  readonly atMs: Float64Array;
  /** Sums of the moments less the first one, up to each whole block. */
  readonly blockSums: Float64Array;
}

/** From when to when each of many was something: how many there were is how many had begun, less how many had ended. */
export interface Stretches {
  readonly begins: Edges;
  readonly ends: Edges;
}

const blockLength = 1024;

/** Moments in any order, NaNs left out. */
export function edgesOf(timesMs: Float64Array): Edges {
  return sortedEdges(sortNumbers(timesMs));
}

/** Moments that are in order already. */
export function sortedEdges(atMs: Float64Array): Edges {
  const first = atMs[0] ?? 0;
  const blockSums = new Float64Array(Math.floor(atMs.length / blockLength) + 1);
  let sum = 0;
  for (let index = 0; index < atMs.length; index++) {
    if (index % blockLength === 0) blockSums[index / blockLength] = sum;
    sum += (atMs[index] as number) - first;
  }
  if (atMs.length % blockLength === 0) blockSums[atMs.length / blockLength] = sum;
  return { atMs, blockSums };
}

/**
 * Stretches from `fromMs` to `toMs`, epoch milliseconds by the same index: one whose begin is not known (NaN) is left out, one whose end is not
 * known never ended, one that ends before it begins is of no length.
 */
export function stretchesOf(fromMs: Float64Array, toMs: Float64Array): Stretches {
  const ends = new Float64Array(toMs.length);
  for (let index = 0; index < toMs.length; index++) {
    const [from, to] = [fromMs[index] as number, toMs[index] as number];
    ends[index] = Number.isNaN(from) ? from : to < from ? from : to;
  }
  return { begins: edgesOf(fromMs), ends: edgesOf(ends) };
}

/** How many of `stretches` there were on average from `fromMs` to `toMs`: exact, not sampled. */
export function meanCount({ begins, ends }: Stretches, fromMs: number, toMs: number): number {
  return (timeSince(begins, fromMs, toMs) - timeSince(ends, fromMs, toMs)) / (toMs - fromMs);
}

/** How many of the edges had come, on average from `fromMs` to `toMs`. */
export function meanComeBy(edges: Edges, fromMs: number, toMs: number): number {
  return timeSince(edges, fromMs, toMs) / (toMs - fromMs);
}

/** The time from each edge to `toMs`, as far as it is after `fromMs`, in all: milliseconds. */
function timeSince(edges: Edges, fromMs: number, toMs: number): number {
  const { atMs } = edges;
  const before = countUpTo(atMs, fromMs);
  const until = countUpTo(atMs, toMs);
  const first = atMs[0] ?? 0;
  return before * (toMs - fromMs) + (until - before) * (toMs - first) - (sumOfFirst(edges, until) - sumOfFirst(edges, before));
}

function sumOfFirst({ atMs, blockSums }: Edges, count: number): number {
  const first = atMs[0] ?? 0;
  const block = Math.floor(count / blockLength);
  let sum = blockSums[block] ?? 0;
  for (let index = block * blockLength; index < count; index++) sum += (atMs[index] as number) - first;
  return sum;
}

/** How many of the ascending `atMs` are at most `ms`. */
export function countUpTo(atMs: Float64Array, ms: number): number {
  let [low, high] = [0, atMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((atMs[middle] as number) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
