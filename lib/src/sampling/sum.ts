/** The sum of `values`; NaN where one of them is: d3-array's takes what is not known for nothing. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
