import { notBeforeMs } from '../config/delay.ts';
import type { TaskDuration } from '../config/task-duration.ts';
import { carries } from '../statistics/carries.ts';
import type { Row } from '../results/tables.ts';
import { LateTasks } from './late-tasks.ts';

/** What a percentile is tried at, in units of its bound: enough to say by how much it is off. */
const multiples = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100];

/** Dues are counted by so much, and taken for the later end of it. */
const stepMs = 10;

export const responsePercentiles: Readonly<Record<string, number>> = {
  'response.p50': 0.5,
  'response.p90': 0.9,
  'response.p99': 0.99,
  'response.p999': 0.999,
  'response.max': 1,
};

/**
 * What a percentile of the response time is at least, of all tasks that have been due so far, those that are open with the time that they have
 * taken: whatever the order in which they ended. No query is made for it, and it knows nothing finer than the interval between two counts.
 */
export class LiveResponse {
  readonly #p: number;
  readonly #boundMs: number;
  readonly #tasksOf: (workflow: string) => number;
  readonly #isClosed: boolean;
  readonly #delay: TaskDuration | undefined;
  readonly #tries: readonly { readonly multiple: number; readonly tasks: LateTasks }[];
  #runs: { readonly dueMs: number; readonly sentMs: number; readonly warmUp: boolean; readonly tasks: number }[] = [];
  #sentTasks = 0;
  #dueTasks = 0;
  #ended = 0;
  #earlier = Number.NEGATIVE_INFINITY;
  #pending: Row<'counts'> | undefined;

  constructor({
    p,
    boundSeconds,
    tasksOf,
    isClosed,
    delay,
  }: {
    readonly p: number;
    readonly boundSeconds: number;
    readonly tasksOf: (workflow: string) => number;
    readonly isClosed: boolean;
    readonly delay?: TaskDuration | undefined;
  }) {
    this.#p = p;
    this.#boundMs = boundSeconds * 1000;
    this.#tasksOf = tasksOf;
    this.#isClosed = isClosed;
    this.#delay = delay;
    this.#tries = multiples.map((multiple) => ({ multiple, tasks: new LateTasks(boundSeconds * 1000 * multiple) }));
  }

  runEnded({ status, runId, workflow, dueMs, sentMs, warmUp }: Row<'runs'>): void {
    if (status !== 'submitted') return;
    // In a closed loop the response begins when a run is sent, with a delay when it asked to begin.
    const wantedMs = this.#delay === undefined ? (this.#isClosed ? sentMs : dueMs) : notBeforeMs(this.#delay, { runId, sentMs });
    this.#runs.push({ dueMs: wantedMs, sentMs, warmUp, tasks: this.#tasksOf(workflow) });
  }

  /** A count is understood when the next one comes: by then the submissions have been told that were under way in it. */
  countRead(row: Row<'counts'>): void {
    if (this.#pending) this.#understand(this.#pending);
    this.#pending = row;
  }

  #understand({ atMs, readMs, submittedTasks, openTasks }: Row<'counts'>): void {
    const untilMs = atMs + readMs;
    const sent = this.#runs.filter(({ sentMs }) => sentMs <= untilMs);
    this.#runs = this.#runs.filter(({ sentMs }) => sentMs > untilMs);
    this.#sentTasks += tasksIn(sent);
    const measured = sent.filter(({ warmUp }) => !warmUp);
    this.#dueTasks += tasksIn(measured);
    const bySteps = Map.groupBy(measured, ({ dueMs }) => Math.ceil(dueMs / stepMs) * stepMs);
    // No fewer than may have ended: what was sent while it was counted is among the open ones, and may not be among the submitted ones.
    const ended = Math.max(this.#ended, Math.max(submittedTasks, this.#sentTasks) - openTasks);
    for (const { tasks } of this.#tries) {
      for (const [dueMs, runs] of bySteps) tasks.add(dueMs, tasksIn(runs));
      tasks.end(ended - this.#ended, this.#earlier, untilMs + stepMs);
      tasks.expire(atMs);
    }
    this.#ended = ended;
    this.#earlier = atMs;
  }

  /** Seconds; NaN where it may be below its bound, and where there are too few tasks for the percentile. */
  get atLeastSeconds(): number {
    const count = this.#dueTasks;
    if (count === 0 || (this.#p < 1 && !carries(count, this.#p))) return Number.NaN;
    // By linear interpolation between the ranks, the lower of both: rank 1 + (count - 1) p.
    const needed = count - Math.floor((count - 1) * this.#p);
    const highest = this.#tries.findLast(({ tasks }) => tasks.late >= needed);
    return highest ? (this.#boundMs * highest.multiple) / 1000 : Number.NaN;
  }
}

function tasksIn(runs: readonly { readonly tasks: number }[]): number {
  return runs.reduce((sum, { tasks }) => sum + tasks, 0);
}
