/** Created tasks that have not ended, by the reading that showed them first. */
interface Arrivals {
  readonly atMs: number;
  count: number;
}

/** Of how far back `recentSeconds` is: long enough to be steady, short enough to be recent. */
const recentMs = 2000;

/**
 * Latency of tasks while they run, from nothing but how many there are and how many have ended: no query is made for it.
 *
 * Each task that ends is taken for the oldest that had not. The mean over all that ended is right whatever the order, once all have
 * (the area between both curves, Little's law: J. D. C. Little, Operations Research 9(3), 1961); before that it is an estimate, as
 * is the recent one, and both know nothing finer than the interval between two readings.
 */
export class LiveLatency {
  #waiting: Arrivals[] = [];
  #created = 0;
  #ended = 0;
  #sumMs = 0;
  #recent: { readonly atMs: number; readonly count: number; readonly sumMs: number }[] = [];

  /** `created` and `ended` are counts since the beginning; one that falls is ignored. */
  add(atMs: number, created: number, ended: number): void {
    if (created > this.#created) {
      this.#waiting.push({ atMs, count: created - this.#created });
      this.#created = created;
    }
    const count = Math.min(ended, this.#created) - this.#ended;
    if (count > 0) {
      const sumMs = this.#take(count, atMs);
      this.#ended += count;
      this.#sumMs += sumMs;
      this.#recent.push({ atMs, count, sumMs });
    }
    this.#recent = this.#recent.filter((moment, index) => atMs - moment.atMs <= recentMs || index === this.#recent.length - 1);
  }

  /** Of all tasks that have ended; NaN while none has. */
  get meanSeconds(): number {
    return this.#ended > 0 ? this.#sumMs / this.#ended / 1000 : Number.NaN;
  }

  /** Of those that ended in the last two seconds, or of the last ones that did; NaN while none has. */
  get recentSeconds(): number {
    const count = this.#recent.reduce((sum, moment) => sum + moment.count, 0);
    return count > 0 ? this.#recent.reduce((sum, moment) => sum + moment.sumMs, 0) / count / 1000 : Number.NaN;
  }

  #take(count: number, atMs: number): number {
    let sumMs = 0;
    let left = count;
    let done = 0;
    for (const arrivals of this.#waiting) {
      const taken = Math.min(left, arrivals.count);
      sumMs += taken * (atMs - arrivals.atMs);
      arrivals.count -= taken;
      left -= taken;
      if (arrivals.count === 0) done++;
      if (left === 0) break;
    }
    this.#waiting.splice(0, done);
    return sumMs;
  }
}
