import { cpus } from 'node:os';
import { plannedRuns, plannedSeconds } from '../config/arrival.ts';
import { type PerfConfig, taskTotal } from '../config/perf-config.ts';
import type { Ceiling } from '../results/ceiling.ts';
import type { ExperimentPhase, Progress } from '../results/progress.ts';
import type { Sink } from '../results/rows.ts';
import type { Row, TableName } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';
import { LiveLatency } from './live-latency.ts';

/** Rates are over this long: short enough to be live, long enough not to flicker. */
const rateSpanMs = 3000;

const commonRoles: ReadonlySet<string> = new Set(['scheduler', 'workers', 'postgres', 'own-backends', 'driver', 'sampler']);
const cores = cpus().length;

interface Moment {
  readonly atMs: number;
  readonly ended: number;
}

/** The latest of everything, from which progress is told: a sink of the rows of runs, counts and processes. */
export class LiveState implements Sink {
  phase: ExperimentPhase = 'starting';
  /** Known when the target has been made. */
  ceilings: readonly Ceiling[] = [];
  /** Called when another step begins. */
  onStep: () => void = () => undefined;
  /** Epoch milliseconds; NaN before the load. */
  loadStartedMs = Number.NaN;
  private tasksSent = 0;
  private readonly tasksOf: (workflow: string) => number;
  private runsSent = 0;
  private endedTasks = 0;
  private currentStep = 'starting';
  private history: Moment[] = [];
  private readonly latency = new LiveLatency();
  private readonly usage = new Map<string, { rows: Row<'processes'>[] }>();
  private readonly clock: Clock;
  private readonly startedMs: number;

  /** `tasksOf` tells the tasks of each run of a workflow. */
  constructor(clock: Clock, tasksOf: (workflow: string) => number) {
    this.clock = clock;
    this.tasksOf = tasksOf;
    this.startedMs = clock.nowMs();
  }

  get step(): string {
    return this.currentStep;
  }

  set step(step: string) {
    this.currentStep = step;
    this.onStep();
  }

  take<T extends TableName>(table: T, row: Row<T>): void {
    if (table === 'runs') this.runEnded(row as Row<'runs'>);
    else if (table === 'counts') this.countRead(row as Row<'counts'>);
    else if (table === 'processes') this.processRead(row as Row<'processes'>);
  }

  private runEnded({ status, workflow }: Row<'runs'>): void {
    if (status !== 'submitted') return;
    this.runsSent++;
    this.tasksSent += this.tasksOf(workflow);
  }

  /** What was submitted and is not open has ended. */
  private countRead({ atMs, submittedTasks, openTasks }: Row<'counts'>): void {
    // A run that the engine has, but whose submission has not come back, is open and not counted as submitted yet.
    this.endedTasks = Math.max(this.endedTasks, submittedTasks - openTasks);
    this.latency.add(atMs, submittedTasks, this.endedTasks);
    this.history.push({ atMs, ended: this.endedTasks });
    this.history = this.history.filter((moment, index) => atMs - moment.atMs <= rateSpanMs || index >= this.history.length - 2);
  }

  private processRead(row: Row<'processes'>): void {
    const key = `${row.role} ${row.instance}`;
    const kept = this.usage.get(key)?.rows ?? [];
    this.usage.set(key, { rows: [...kept, row].filter((old) => row.atMs - old.atMs <= 1000 || old === row || old === kept.at(-1)) });
  }

  progress(experiment: { readonly name: string; readonly directory: string }, config: PerfConfig): Progress {
    const runTotal = (config.backlog ?? 0) + plannedRuns(config);
    const total = taskTotal(config);
    const tasksPerSecond = this.tasksPerSecond();
    return {
      ...experiment,
      config: config.name,
      target: config.target,
      phase: this.phase,
      step: this.step,
      elapsedSeconds: (this.clock.nowMs() - this.startedMs) / 1000,
      remainingSeconds: this.remainingSeconds(total, tasksPerSecond, plannedSeconds(config)),
      runs: { total: runTotal, sent: this.runsSent },
      tasks: { total, submitted: this.tasksSent, ended: this.endedTasks },
      tasksPerSecond,
      latencySeconds: { recent: this.latency.recentSeconds, mean: this.latency.meanSeconds },
      scheduler: this.usageOf('scheduler'),
      workers: this.usageOf('workers'),
      postgres: this.usageOf('postgres'),
      ceilings: this.ceilings,
      roles: this.furtherRoles().map((role) => ({ role, ...this.usageOf(role) })),
    };
  }

  /** What the rate of completion says, but no less than what is left of the load. */
  private remainingSeconds(total: number, tasksPerSecond: number, loadSeconds: number): number {
    if (this.phase !== 'load' && this.phase !== 'drain') return Number.NaN;
    const ofTasks = tasksPerSecond > 0 ? (total - this.endedTasks) / tasksPerSecond : Number.NaN;
    const ofLoad = this.phase === 'load' ? loadSeconds - (this.clock.nowMs() - this.loadStartedMs) / 1000 : Number.NaN;
    const known = [ofTasks, ofLoad].filter((seconds) => seconds >= 0);
    return known.length > 0 ? Math.max(...known) : Number.NaN;
  }

  private tasksPerSecond(): number {
    const first = this.history[0];
    const last = this.history.at(-1);
    if (!first || !last || last.atMs <= first.atMs) return 0;
    return ((last.ended - first.ended) / (last.atMs - first.atMs)) * 1000;
  }

  private usageOf(role: string): { readonly count: number; readonly rssBytes: number; readonly cpuRatio: number } {
    const total = { count: 0, rssBytes: 0, cpuRatio: 0 };
    for (const { rows } of this.usage.values()) {
      const [first] = rows;
      const last = rows.at(-1);
      if (!first || last?.role !== role) continue;
      const seconds = (last.atMs - first.atMs) / 1000;
      total.count += last.processCount;
      total.rssBytes += last.rssBytes;
      total.cpuRatio += seconds > 0 ? risenSeconds(rows) / seconds : 0;
    }
    return { ...total, cpuRatio: Math.min(total.cpuRatio, cores) };
  }

  private furtherRoles(): readonly string[] {
    const roles = [...this.usage.values()].flatMap(({ rows }) => rows.at(-1)?.role ?? []);
    return [...new Set(roles)].filter((role) => !commonRoles.has(role));
  }
}

/** What CPU rose by: a counter that fell began anew. */
function risenSeconds(rows: readonly Row<'processes'>[]): number {
  return rows.slice(1).reduce((total, { cpuSeconds }, index) => {
    const before = rows[index]?.cpuSeconds ?? 0;
    return total + (cpuSeconds < before ? cpuSeconds : cpuSeconds - before);
  }, 0);
}
