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
