/** Epoch milliseconds hold a moment to a fraction of a microsecond only: one that is nearer than this to a border is on it. */
const borderSeconds = 1e-6;

/** Which window of a width a moment is in, from 0 for the one that begins at 0 s; a moment on a border belongs to the later. */
export function windowIndex(seconds: number, windowSeconds: number): number {
  return Math.floor((seconds + borderSeconds) / windowSeconds);
}

/** How many windows of a width it takes to cover a span, the last of them perhaps in part. */
export function windowCount(spanSeconds: number, windowSeconds: number): number {
  return Math.ceil((spanSeconds - borderSeconds) / windowSeconds);
}

/** Widths of windows, and the longest experiment, in seconds, that each is for. */
const widths: readonly (readonly [windowSeconds: number, upToSeconds: number])[] = [
  [0.2, 2],
  [0.5, 4],
  [1, 90],
  [5, 450],
  [10, 1800],
  [60, 7200],
];

/** A width in seconds for windows over `durationSeconds`: wide enough that a rate or a percentile means something, narrow enough for some 100 of them. */
export function chooseWindowSeconds(durationSeconds: number): number {
  return widths.find(([, upToSeconds]) => durationSeconds <= upToSeconds)?.[0] ?? 600;
}
