import type { TaskDuration } from '../config/task-duration.ts';
import { type Threshold, holds, isRelative } from '../config/threshold.ts';
import type { BrokenThreshold } from '../results/manifest.ts';
import type { Sink } from '../results/rows.ts';
import type { Row, TableName } from '../results/tables.ts';
import { LiveFigures, isLeast, liveWords, varies } from './live-figures.ts';

/** A figure that may recover has to be off for so long, after the first task has ended, before it is taken for broken. */
const sustainedMs = 5000;

/**
 * Watches the thresholds of an experiment that are to abort it: a sink of its rows.
 *
 * A figure that never falls breaks its threshold at once. One that varies does so when it has been off for five seconds, or when its window is over.
 */
export class LiveThresholds implements Sink {
  private readonly figures: LiveFigures;
  private readonly thresholds: readonly Threshold[];
  private readonly onBroken: (broken: BrokenThreshold) => void;
  /** Since when each has been off, epoch milliseconds. */
  private readonly offSinceMs = new Map<Threshold, number>();

  constructor(parts: {
    readonly thresholds: readonly Threshold[];
    readonly tasksOf: (workflow: string) => number;
    /** Runs are sent when others end. Default: false. */
    readonly isClosed?: boolean;
    /** That of the config. Default: none. */
    readonly delay?: TaskDuration | undefined;
    readonly onBroken: (broken: BrokenThreshold) => void;
  }) {
    this.thresholds = parts.thresholds.filter((threshold) => threshold.abortOnFail && !isRelative(threshold));
    const { tasksOf, isClosed = false, delay } = parts;
    this.figures = new LiveFigures({ tasksOf, isClosed, delay, thresholds: this.thresholds });
    this.onBroken = parts.onBroken;
  }

  take<T extends TableName>(table: T, row: Row<T>): void {
    if (this.thresholds.length === 0) return;
    this.figures.take(table, row);
    // The counts come four times a second: often enough, and at a pace that no load changes.
    if (table === 'counts') this.judge((row as Row<'counts'>).atMs);
  }

  private judge(atMs: number): void {
    for (const threshold of this.thresholds) {
      const value = this.figures.value(threshold);
      if (isStillPossible(threshold, value)) this.offSinceMs.delete(threshold);
      else if (this.isBroken(threshold, atMs)) {
        this.onBroken({ threshold: threshold.text, figure: threshold.figure, value, afterSeconds: (atMs - this.figures.originMs) / 1000 });
        return;
      }
    }
  }

  private isBroken(threshold: Threshold, atMs: number): boolean {
    if (!varies(threshold.figure)) return true;
    const seconds = (atMs - this.figures.originMs) / 1000;
    const { toSeconds = Infinity } = threshold.window ?? {};
    if (seconds >= toSeconds) return true;
    const sinceMs = this.offSinceMs.get(threshold) ?? atMs;
    this.offSinceMs.set(threshold, sinceMs);
    // What is known by what is open needs no task to have ended.
    const beganMs = isLeast(threshold.figure) ? sinceMs : Math.max(sinceMs, this.figures.firstEndMs);
    return atMs - beganMs >= sustainedMs;
  }
}

function isStillPossible({ figure, comparator, bound }: Threshold, value: number): boolean {
  if ('marginRatio' in bound) return true;
  // What grows may come to be as much as it has to be.
  const isToGrow = comparator === '=' && !varies(figure);
  return holds(value, isToGrow ? '<=' : comparator, bound.value) !== false;
}

/** For instance `threshold runs.rejected = 0 did not hold: 3 runs after 4.2 s`. */
export function brokenWords({ threshold, figure, value, afterSeconds }: BrokenThreshold): string {
  return `threshold ${threshold} did not hold: ${liveWords(figure, value)} after ${afterSeconds.toFixed(1)} s`;
}
