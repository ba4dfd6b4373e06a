interface Due {
  readonly dueMs: number;
  count: number;
}

/**
 * How many tasks have at least taken longer than a limit, from nothing but when they were due and how many had ended by when.
 *
 * Which task an end is of is not known. As many ends as can be are taken for ends in time: each for the one that was due first and is not
 * too late yet (the largest matching of a convex bipartite graph: F. Glover, Naval Research Logistics Quarterly 14(3), 1967). The others are late whatever
 * the order was.
 */
export class LateTasks {
  /** Those that no end was taken for and that may still be in time, by when they were due. */
  readonly #waiting: Due[] = [];
  readonly #limitMs: number;
  #late = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  get late(): number {
    return this.#late;
  }

  add(dueMs: number, count: number): void {
    // Nearly in order: submissions are told when they end.
    let place = this.#waiting.length;
    while (place > 0 && (this.#waiting[place - 1]?.dueMs ?? 0) > dueMs) place--;
    this.#waiting.splice(place, 0, { dueMs, count });
  }

  /** So many ended after `afterMs` and not after `untilMs`; what was due before and has not ended is told first. */
  end(count: number, afterMs: number, untilMs: number): void {
    this.expire(afterMs);
    let left = count;
    let done = 0;
    for (const due of this.#waiting) {
      if (left <= 0 || due.dueMs > untilMs) break;
      const taken = Math.min(left, due.count);
      due.count -= taken;
      left -= taken;
      if (due.count === 0) done++;
    }
    this.#waiting.splice(0, done);
  }

  /** Nothing of what waits had ended at `nowMs`. */
  expire(nowMs: number): void {
    let gone = 0;
    for (const { dueMs, count } of this.#waiting) {
      if (dueMs + this.#limitMs >= nowMs) break;
      this.#late += count;
      gone++;
    }
    this.#waiting.splice(0, gone);
  }
}
