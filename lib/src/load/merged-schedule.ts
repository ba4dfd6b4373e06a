import { seededRandom } from '../random/seeded-random.ts';

/** The schedule of one of several workflows: when its runs are due, seconds, ascending. */
export interface SchedulePart {
  readonly due: Iterable<number>;
  /** How many runs; NaN where that can't be told beforehand. */
  readonly runs: number;
}

/** Of runs that are due at the same time, such as those of two bursts, no workflow is to have the first. */
const tieSeed = 1;

/**
 * The schedules of several workflows as one: each run when its own schedule has it due, in the order of due times. Of those due at the
 * same time one is drawn, each workflow as likely as it has runs left, the same each time.
 *
 * Keeps a byte a run that it has given, for which workflow that is of.
 */
export class MergedSchedule implements Iterable<number> {
  private readonly parts: readonly SchedulePart[];
  private workflows = new Uint8Array(1024);
  private count = 0;

  constructor(parts: readonly SchedulePart[]) {
    if (parts.length > 256) throw new RangeError(`MergedSchedule: expected at most 256 workflows, got ${parts.length}`);
    this.parts = parts;
  }

  /** Index of the workflow of run `runIndex`, which the schedule must have given. */
  workflowOf(runIndex: number): number {
    if (!(runIndex < this.count)) throw new RangeError(`MergedSchedule: expected a run below ${this.count}, got ${runIndex}`);
    return this.workflows[runIndex] as number;
  }

  *[Symbol.iterator](): Generator<number> {
    const random = seededRandom(tieSeed);
    const heads = this.parts.map(({ due, runs }) => {
      const iterator = due[Symbol.iterator]();
      return { iterator, next: iterator.next(), left: Number.isNaN(runs) ? Number.POSITIVE_INFINITY : runs };
    });
    this.count = 0;
    for (;;) {
      let seconds = Number.POSITIVE_INFINITY;
      for (const { next } of heads) if (!next.done && next.value < seconds) seconds = next.value;
      if (seconds === Number.POSITIVE_INFINITY) return;
      const due = heads.flatMap(({ next }, index) => (!next.done && next.value === seconds ? [index] : []));
      const index = drawOne(due, (each) => heads[each]?.left ?? 0, random);
      const head = heads[index];
      if (!head) return;
      head.left--;
      head.next = head.iterator.next();
      this.note(index);
      yield seconds;
    }
  }

  private note(workflow: number): void {
    if (this.count === this.workflows.length) {
      const { workflows } = this;
      (this.workflows = new Uint8Array(2 * workflows.length)).set(workflows);
    }
    this.workflows[this.count++] = workflow;
  }
}

/** One of several, each as likely as it weighs; of those that weigh without bound any. */
function drawOne(among: readonly number[], weightOf: (each: number) => number, random: () => number): number {
  if (among.length === 1) return among[0] as number;
  const weights = among.map((each) => Math.max(1, Math.min(weightOf(each), 1e9)));
  let place = random() * weights.reduce((sum, each) => sum + each, 0);
  for (const [index, weight] of weights.entries()) if ((place -= weight) < 0) return among[index] as number;
  return among.at(-1) as number;
}
