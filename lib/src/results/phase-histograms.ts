import { type JsHistogram, build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { type PhaseName, type PhaseTime, phases } from './phases.ts';
import type { Row } from './tables.ts';
import { windowIndex } from './windows.ts';

/** Values are kept to this share of themselves, or to a microsecond where that is more: three significant decimal digits. */
export const histogramPrecisionRatio = 0.001;

/** Widths of windows, narrow ones first. */
const widths: readonly number[] = [1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600];
/** At most about so many windows: one takes up to 95 KB (of times up to an hour) in each phase while tasks are read, however many tasks there are. */
const mostWindows = 100;

/** The times of a task that histograms are made from, epoch milliseconds; NaN: not known. */
export type HistogramTask = Readonly<Record<PhaseTime, number>>;

/** A new, empty histogram of whole microseconds: HdrHistogram, three significant digits. It grows with its largest value: 46 KB for 1 s, 95 KB for 1 h. */
export function emptyHistogram(): JsHistogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2048,
    autoResize: true,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
  }) as JsHistogram;
}

/** The histogram of one row of the table. Throws an Error when its text is not one. */
export function decodeHistogram(encoded: string): JsHistogram {
  const histogram = decodeFromCompressedBase64(encoded, 32) as JsHistogram;
  // Without it, adding one with larger values throws.
  histogram.autoResize = true;
  return histogram;
}

/** The width of windows in seconds that fits an experiment of `spanSeconds`. */
export function histogramWindowSeconds(spanSeconds: number): number {
  return widths.find((width) => spanSeconds / width <= mostWindows) ?? Math.ceil(spanSeconds / mostWindows);
}

/**
 * Puts the times of finished tasks into histograms, one a window and phase, by when the task finished.
 *
 * Windows begin at `originMs` (the first submission that counts) and every `windowSeconds` after it and before it. Takes as much
 * memory for a hundred tasks as for a million. A time below zero (two clocks that differ) counts as zero.
 */
export class PhaseHistograms {
  private readonly windows = new Map<number, Map<PhaseName, JsHistogram>>();
  private readonly originMs: number;
  private readonly windowSeconds: number;

  constructor({ originMs, windowSeconds }: { readonly originMs: number; readonly windowSeconds: number }) {
    this.originMs = originMs;
    this.windowSeconds = windowSeconds;
  }

  add(task: HistogramTask): void {
    const window = windowIndex((task.finishedMs - this.originMs) / 1000, this.windowSeconds);
    if (Number.isNaN(window)) return;
    let histograms = this.windows.get(window);
    if (histograms === undefined) this.windows.set(window, (histograms = new Map()));
    for (const { name, from, to } of phases) {
      const microseconds = Math.round((task[to] - task[from]) * 1000);
      if (Number.isNaN(microseconds)) continue;
      let histogram = histograms.get(name);
      if (histogram === undefined) histograms.set(name, (histogram = emptyHistogram()));
      histogram.recordValue(Math.max(microseconds, 0));
    }
  }

  /** The rows of the table, by window, then phase; windows and phases without a task have none. */
  *rows(): Generator<Row<'histograms'>> {
    for (const [window, histograms] of [...this.windows].sort(([a], [b]) => a - b)) {
      for (const { name } of phases) {
        const histogram = histograms.get(name);
        if (histogram === undefined) continue;
        yield {
          windowStartMs: this.originMs + window * this.windowSeconds * 1000,
          windowSeconds: this.windowSeconds,
          phase: name,
          count: histogram.totalCount,
          encoded: encodeIntoCompressedBase64(histogram),
        };
      }
    }
  }
}
