import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { notBeforeMs } from '../config/delay.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { type DriveOptions, EndedRuns, type UnsentRuns, drive } from '../load/drive.ts';
import { type Load, toLoad } from '../load/schedule.ts';
import type { EventLoopDelay } from '../results/manifest.ts';
import type { Emit, Source } from '../results/rows.ts';
import { seededRunId } from '../random/task-draw.ts';
import type { Row } from '../results/tables.ts';
import type { Target } from '../targets/target.ts';
import type { Clock } from '../timing/clock.ts';
import { type Workflow, workflowsOf } from '../config/mixed.ts';
import { LoadAccount } from './load-account.ts';

export interface DriverOptions {
  readonly config: PerfConfig;
  readonly target: Pick<Target, 'name' | 'submit'>;
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
  private readonly workflows: readonly Workflow[];
  private readonly backlog: Row<'runs'>[] = [];
  private driving: Promise<UnsentRuns | undefined> = Promise.resolve(undefined);

  constructor(options: DriverOptions) {
    this.options = options;
    this.load = toLoad(options.config);
    this.workflows = workflowsOf(options.config);
    this.ended = this.isClosed || options.config.max_in_flight !== undefined ? new EndedRuns() : undefined;
  }

  /** Whether runs are sent when others end. */
  get isClosed(): boolean {
    return this.load.kind === 'closed';
  }

  /**
   * Submits the config's backlog, none without: its rows come with those of the load, as its first runs, and marked as warm-up, which is in no figure of the
   * load. Rejects when the engine takes none of it.
   */
  async submitBacklog(signal: AbortSignal): Promise<void> {
    const { config, target } = this.options;
    if (config.backlog === undefined) return;
    const load = toLoad({ arrival: 'burst', workflows: config.backlog });
    await this.drive(load, { signal, onRow: (row) => this.backlog.push({ ...row, warmUp: true }) });
    const rejected = this.backlog.find(({ status }) => status === 'rejected');
    if (rejected && this.account.submitted === 0)
      throw new Error(
        `backlog: ${target.name} took none of ${config.backlog} runs while no scheduler ran, the first with: ${rejected.error}`,
      );
  }

  /** An abort of `signal` ends the load. */
  async start(emit: Emit, signal: AbortSignal): Promise<void> {
    const { config } = this.options;
    const runsBefore = this.backlog.length;
    for (const row of this.backlog.splice(0)) emit('runs', row);
    this.driving = this.drive(this.load, {
      signal,
      firstRunIndex: runsBefore,
      ...(this.ended && { ended: this.ended }),
      ...(config.max_in_flight === undefined ? {} : { maxInFlight: config.max_in_flight }),
      warmUpSeconds: config.warm_up_seconds,
      onRow: (row) => emit('runs', row),
    }).then((unsent) => unsent && { ...unsent, fromRunIndex: unsent.fromRunIndex + runsBefore });
    this.driving.catch(() => undefined); // who waits for the end learns of it
  }

  private async drive(
    load: Load,
    {
      onRow,
      firstRunIndex = 0,
      ...options
    }: Pick<DriveOptions, 'signal' | 'ended' | 'maxInFlight' | 'warmUpSeconds'> & {
      readonly onRow: (row: Row<'runs'>) => void;
      readonly firstRunIndex?: number;
    },
  ): Promise<UnsentRuns | undefined> {
    const { config, target, clock } = this.options;
    const workflowOf = (index: number): Workflow => {
      const workflow = this.workflows[load.kind === 'open' ? (load.workflowOf?.(index) ?? 0) : 0];
      if (!workflow) throw new Error(`run ${index} is of no workflow of the config`);
      return workflow;
    };
    /** Ids of runs that the engine has not answered for: it may have them all the same. */
    const proposed = new Map<number, string>();
    return drive({
      ...options,
      load,
      submit: async (index, sentMs) => {
        const runIndex = firstRunIndex + index;
        const workflow = workflowOf(index);
        const seed = workflow.work?.seed;
        const runId = seed === undefined ? randomUUID() : seededRunId(seed, runIndex);
        proposed.set(runIndex, runId);
        const { delay } = config;
        const id = await target.submit({
          runIndex,
          taskCount: workflow.tasks,
          runId,
          workflow,
          ...(delay !== undefined && { notBeforeMs: notBeforeMs(delay, { runId, sentMs }) }),
        });
        proposed.delete(runIndex);
        return id;
      },
      concurrency: config.submit_concurrency,
      clock,
      onRun: (record) => {
        const workflow = workflowOf(record.runIndex);
        this.account.add(record, workflow.tasks);
        const runIndex = firstRunIndex + record.runIndex;
        const runId = record.runId || (proposed.get(runIndex) ?? '');
        proposed.delete(runIndex);
        onRow({ ...record, runIndex, runId, workflow: workflow.name });
      },
    });
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
