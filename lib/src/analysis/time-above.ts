/** How long more things were at once than allowed. */
export interface TimeAbove {
  /** In the unit of the moments. */
  readonly time: number;
  /** The most at once. */
  readonly most: number;
}

/**
 * How long more than `limit` of many stretches there were at once, and the most. `begins` and `ends` are their moments, each in order: what ends as
 * another begins is not there with it. One pass.
 */
export function timeAbove(begins: Float64Array, ends: Float64Array, limit: number): TimeAbove {
  let [time, most, atOnce, begun, ended] = [0, 0, 0, 0, 0];
  let sinceAbove = Number.NaN;
  while (begun < begins.length) {
    const begin = begins[begun] as number;
    const end = ended < ends.length ? (ends[ended] as number) : Number.POSITIVE_INFINITY;
    const at = Math.min(begin, end);
    if (end <= begin) {
      ended++;
      atOnce--;
    } else {
      begun++;
      atOnce++;
    }
    // Between two events of one moment there is no time.
    const next = Math.min(begins[begun] ?? Number.POSITIVE_INFINITY, ends[ended] ?? Number.POSITIVE_INFINITY);
    if (next === at) continue;
    most = Math.max(most, atOnce);
    if (atOnce > limit && Number.isNaN(sinceAbove)) sinceAbove = at;
    else if (atOnce <= limit && !Number.isNaN(sinceAbove)) {
      time += at - sinceAbove;
      sinceAbove = Number.NaN;
    }
  }
  // From here on there are only ends.
  for (; !Number.isNaN(sinceAbove) && ended < ends.length; ended++) {
    if (--atOnce > limit) continue;
    time += (ends[ended] as number) - sinceAbove;
    sinceAbove = Number.NaN;
  }
  return { time, most };
}

/**
 * The most stretches at once in each window, `edges[i]` to `edges[i + 1]`; `begins` and `ends` as `timeAbove` has them.
 */
export function mostByWindow(begins: Float64Array, ends: Float64Array, edges: Float64Array): Float64Array {
  const most = new Float64Array(Math.max(0, edges.length - 1));
  let [atOnce, begun, ended] = [0, 0, 0];
  const take = (untilMs: number, isIncluded: boolean, look: (level: number) => void): void => {
    const isBefore = (ms: number | undefined): boolean => ms !== undefined && (ms < untilMs || (isIncluded && ms === untilMs));
    while (isBefore(begins[begun]) || isBefore(ends[ended])) {
      const end = ends[ended] ?? Number.POSITIVE_INFINITY;
      const begin = begins[begun] ?? Number.POSITIVE_INFINITY;
      if (end <= begin) {
        ended++;
        atOnce--;
      } else {
        begun++;
        atOnce++;
        // What ends at the same moment as this begins has been taken off; what begins at the same moment comes next.
        look(atOnce);
      }
    }
  };
  take(edges[0] ?? 0, true, () => undefined);
  for (let window = 0; window < most.length; window++) {
    most[window] = atOnce;
    take(edges[window + 1] as number, window === most.length - 1, (level) => (most[window] = Math.max(most[window] as number, level)));
  }
  return most;
}
