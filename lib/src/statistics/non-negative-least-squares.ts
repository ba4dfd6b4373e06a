/** One equation: the sum of the terms times the unknowns should be the value. */
export interface Equation {
  readonly terms: readonly number[];
  readonly value: number;
}

/**
 * The unknowns, all of 0 or more, that make the sum of squared errors least.
 *
 * For a few unknowns: tries each set of those that are not 0 and takes the best that is allowed, which is exact (the optimum solves the
 * plain least squares on its own support; Lawson and Hanson, "Solving Least Squares Problems", 1974, chapter 23).
 */
export function nonNegativeLeastSquares(equations: readonly Equation[]): readonly number[] {
  const count = equations[0]?.terms.length ?? 0;
  let best: { readonly unknowns: readonly number[]; readonly error: number } = {
    unknowns: Array.from({ length: count }, () => 0),
    error: equations.reduce((sum, { value }) => sum + value ** 2, 0),
  };
  for (let set = 2 ** count - 1; set > 0; set--) {
    const columns = Array.from({ length: count }, (_, column) => column).filter((column) => (set >> column) & 1);
    const solved = leastSquares(equations, columns);
    if (solved === undefined || solved.some((unknown) => unknown < 0)) continue;
    const unknowns = best.unknowns.map((_, column) => (columns.includes(column) ? solved[columns.indexOf(column)]! : 0));
    const error = equations.reduce((sum, { terms, value }) => {
      return sum + (value - terms.reduce((total, term, column) => total + term * unknowns[column]!, 0)) ** 2;
    }, 0);
    if (error < best.error) best = { unknowns, error };
    // Where no bound is in the way, nothing is better.
    if (columns.length === count) break;
  }
  return best.unknowns;
}

/** Of some of the columns, by Gram and Schmidt's orthogonalization (modified, so that it is stable); undefined if they depend on each other. */
function leastSquares(equations: readonly Equation[], columns: readonly number[]): readonly number[] | undefined {
  const vectors = columns.map((column) => equations.map(({ terms }) => terms[column]!));
  const rest = equations.map(({ value }) => value);
  const factors: number[][] = [];
  const shares: number[] = [];
  for (const [index, vector] of vectors.entries()) {
    const length = Math.hypot(...vector);
    const row = (factors[index] = []) as number[];
    for (let before = 0; before < index; before++) {
      const factor = (factors[before]![index] = dot(vectors[before]!, vector));
      subtract(vector, vectors[before]!, factor);
    }
    const left = Math.hypot(...vector);
    if (!(left > 1e-10 * length)) return undefined;
    row[index] = left;
    for (let place = 0; place < vector.length; place++) vector[place]! /= left;
    shares[index] = dot(vector, rest);
    subtract(rest, vector, shares[index]);
  }
  const solved: number[] = [];
  for (let index = columns.length - 1; index >= 0; index--) {
    let value = shares[index]!;
    for (let after = index + 1; after < columns.length; after++) value -= factors[index]![after]! * solved[after]!;
    solved[index] = value / factors[index]![index]!;
  }
  return solved;
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + value * other[index]!, 0);
}

function subtract(from: number[], vector: readonly number[], factor: number): void {
  for (let index = 0; index < from.length; index++) from[index]! -= factor * vector[index]!;
}
