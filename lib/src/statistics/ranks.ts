/** Ranks from 1 up; equal values share the mean of theirs. */
export interface Ranks {
  readonly ranks: Float64Array;
  /** Sum over groups of equal values of t^3 - t, which corrections for ties are made of; 0 when all differ. */
  readonly ties: number;
}

export function ranksOf(values: ArrayLike<number>): Ranks {
  const order = Uint32Array.from({ length: values.length }, (_, index) => index).sort((one, other) => values[one]! - values[other]!);
  const ranks = new Float64Array(values.length);
  let ties = 0;
  for (let first = 0; first < order.length;) {
    let end = first + 1;
    while (end < order.length && values[order[end]!] === values[order[first]!]) end += 1;
    for (let position = first; position < end; position++) ranks[order[position]!] = (first + 1 + end) / 2;
    ties += (end - first) ** 3 - (end - first);
    first = end;
  }
  return { ranks, ties };
}
