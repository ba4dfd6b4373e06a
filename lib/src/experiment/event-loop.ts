import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { EventLoopDelay } from '../results/manifest.ts';

/** A timer that is due so often tells how late it came: rarely enough to cost nothing to speak of. */
const resolutionMs = 50;

/** Begins to measure how late timers of this thread come; the function ends it. */
export function watchEventLoop(): () => EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  return () => {
    histogram.disable();
    // What is recorded is the time from one timer to the next.
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs);
    return { p99Ms: late(histogram.percentile(99)), maxMs: late(histogram.max) };
  };
}
