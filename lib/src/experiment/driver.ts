import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { PerfConfig } from '../config/perf-config.ts';
import { EndedRuns, type UnsentRuns, drive } from '../load/drive.ts';
import { type Load, toLoad } from '../load/schedule.ts';
import type { EventLoopDelay } from '../results/manifest.ts';
import type { Emit, Source } from '../results/rows.ts';
import { seededRunId } from '../random/task-draw.ts';
import type { Target } from '../targets/target.ts';
import type { Clock } from '../timing/clock.ts';
import { LoadAccount } from './load-account.ts';

export interface DriverOptions {
  readonly config: PerfConfig;
  readonly target: Pick<Target, 'submit'>;
  readonly clock: Clock;
}

/** The source of the runs: submits them to a target as the config's arrival says. */
export class Driver implements Source {
  readonly name = 'runs';
  readonly account = new LoadAccount();
  /** To be told which runs have ended; undefined where the load does not depend on it. */
  readonly ended: EndedRuns | undefined;
  private readonly options: DriverOptions;
  private readonly load: Load;
  private driving: Promise<UnsentRuns | undefined> = Promise.resolve(undefined);

  constructor(options: DriverOptions) {
    this.options = options;
    this.load = toLoad(options.config);
    this.ended = this.isClosed || options.config.max_in_flight !== undefined ? new EndedRuns() : undefined;
  }

  /** Whether runs are sent when others end. */
  get isClosed(): boolean {
    return this.load.kind === 'closed';
  }

  /** An abort of `signal` ends the load. */
  async start(emit: Emit, signal: AbortSignal): Promise<void> {
    const { config, target, clock } = this.options;
    /** Ids of runs that the engine has not answered for: it may have them all the same. */
    const proposed = new Map<number, string>();
    this.driving = drive({
      load: this.load,
      ...(this.ended && { ended: this.ended }),
      ...(config.max_in_flight === undefined ? {} : { maxInFlight: config.max_in_flight }),
      warmUpSeconds: config.warm_up_seconds,
      submit: async (runIndex) => {
        const seed = config.work?.seed;
        const runId = seed === undefined ? randomUUID() : seededRunId(seed, runIndex);
        proposed.set(runIndex, runId);
        const id = await target.submit({ runIndex, taskCount: config.tasks_per_workflow, runId });
        proposed.delete(runIndex);
        return id;
      },
      concurrency: config.submit_concurrency,
      clock,
      signal,
      onRun: (record) => {
        this.account.add(record);
        const runId = record.runId || (proposed.get(record.runIndex) ?? '');
        proposed.delete(record.runIndex);
        emit('runs', { ...record, runId });
      },
    });
    this.driving.catch(() => undefined); // who waits for the end learns of it
  }

  /** Resolves when every submission has ended; rejects when a run could not be recorded. */
  async stop(): Promise<readonly string[]> {
    this.account.unsent = await this.driving;
    return this.account.warnings();
  }
}

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
