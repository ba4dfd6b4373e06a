/**
 * How fast a cumulative counter rose, per second, up to each reading; `times` are seconds and rise.
 *
 * Each rate is over the time since the latest reading that is at least `spanSeconds` older (with 0, the default, the one before); NaN
 * where there is none, and where the counter fell: its server was restarted, or its statistics reset.
 */
export function counterRate(times: Float64Array, counter: Float64Array, spanSeconds = 0): Float64Array {
  let from = -1;
  return times.map((now, index) => {
    while (from + 1 < index && now - (times[from + 1] ?? Number.NaN) >= spanSeconds) from++;
    const elapsedSeconds = now - (times[from] ?? Number.NaN);
    const risen = (counter[index] ?? Number.NaN) - (counter[from] ?? Number.NaN);
    return elapsedSeconds > 0 && risen >= 0 ? risen / elapsedSeconds : Number.NaN;
  });
}
