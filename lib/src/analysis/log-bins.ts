import { bisectLeft } from 'd3-array';

export interface LogBinOptions {
  /** Bins for a factor of ten. Default 24. */
  readonly binsPerDecade?: number;
  /** The clock's step in seconds: no bin is narrower, and values below it share the first bin. Default 1e-6. */
  readonly resolutionSeconds?: number;
}

export interface HistogramBin {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly count: number;
}

const finestSeconds = 1e-6;

/** The step of the clock that `epochMs` were read from, in seconds: 0.001 when all are whole milliseconds or the middle between two (dbos-target.ts), else 1e-6. Unknown times (NaN) don't count. */
export function timeResolution(epochMs: Iterable<number>): number {
  for (const time of epochMs) if (!Number.isNaN(time) && !Number.isInteger(2 * time)) return finestSeconds;
  return 0.001;
}

/**
 * Edges in seconds, ascending, of bins that are equally wide on a logarithmic axis and hold every value from `minimum` to `maximum`.
 *
 * Values below the resolution have no place on such an axis: when `minimum` is one, the first bin runs from half the
 * resolution to the resolution. Near the resolution, edges are whole steps of it, so that whole-millisecond times don't leave
 * every other bin empty.
 */
export function logBinEdges(minimum: number, maximum: number, options: LogBinOptions = {}): Float64Array {
  const { binsPerDecade = 24, resolutionSeconds = finestSeconds } = options;
  const low = Math.max(minimum, resolutionSeconds);
  const high = Math.max(maximum, low);
  const edges: number[] = minimum < resolutionSeconds ? [resolutionSeconds / 2] : [];
  // A little slack keeps a value that sits on a power of ten out of the bin below it.
  for (let index = Math.floor(Math.log10(low) * binsPerDecade + 1e-9); ; index++) {
    const rounded = snap(10 ** (index / binsPerDecade), resolutionSeconds);
    // The first edge must not be rounded to above the smallest value.
    const edge = edges.length === 0 ? Math.min(rounded, snapDown(low, resolutionSeconds)) : rounded;
    if (edge > (edges.at(-1) ?? 0) && edge >= resolutionSeconds * 0.999) edges.push(edge);
    if (edge > high && edges.length > 1) return Float64Array.from(edges);
  }
}

/**
 * Counts seconds (ascending, no NaN) into bins of `[from, to)`; what is below the first edge counts in the first bin, what is beyond the
 * last in the last. Empty bins are kept.
 */
export function countByBin(sortedSeconds: ArrayLike<number>, edges: Float64Array): readonly HistogramBin[] {
  const last = edges.length - 1;
  const before = Array.from(edges, (edge, index) =>
    index === 0 ? 0 : index === last ? sortedSeconds.length : bisectLeft(sortedSeconds, edge),
  );
  return Array.from({ length: Math.max(0, last) }, (_, bin) => ({
    fromSeconds: edges[bin] ?? 0,
    toSeconds: edges[bin + 1] ?? 0,
    count: (before[bin + 1] ?? 0) - (before[bin] ?? 0),
  }));
}

/** To a whole number of resolution steps, and to 12 digits so that an edge such as 0.003 is exactly that. */
function snap(edge: number, resolutionSeconds: number): number {
  return Number((Math.round(edge / resolutionSeconds) * resolutionSeconds).toPrecision(12));
}

function snapDown(value: number, resolutionSeconds: number): number {
  return Number((Math.floor(value / resolutionSeconds + 1e-6) * resolutionSeconds).toPrecision(12));
}
