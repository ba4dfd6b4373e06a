/**
 * How fast a cumulative counter rose, per second, up to each reading since the one before; NaN at the first.
 *
 * A fall (the server was restarted, its statistics reset) is not known either: NaN.
 */
export function counterRate(times: Float64Array, counter: Float64Array): Float64Array {
  return counter.map((value, index) => {
    const elapsedSeconds = (times[index] ?? Number.NaN) - (times[index - 1] ?? Number.NaN);
    const risen = value - (counter[index - 1] ?? Number.NaN);
    return elapsedSeconds > 0 && risen >= 0 ? risen / elapsedSeconds : Number.NaN;
  });
}
