/**
 * How fast a cumulative counter rose, per second, up to each reading; `atMs` rises. Of CPU seconds it is a ratio: 1 is one core, wholly used.
 *
 * Each rate is over the time since the latest reading that is at least `spanSeconds` older (with 0, the default, the one before); NaN
 * where there is none, and where the counter fell: its server was restarted, or its statistics reset.
 */
export function counterRate(atMs: Float64Array, counter: Float64Array, spanSeconds = 0): Float64Array {
  let from = -1;
  return atMs.map((now, index) => {
    while (from + 1 < index && now - (atMs[from + 1] ?? Number.NaN) >= spanSeconds * 1000) from++;
    const elapsedSeconds = (now - (atMs[from] ?? Number.NaN)) / 1000;
    const risen = (counter[index] ?? Number.NaN) - (counter[from] ?? Number.NaN);
    return elapsedSeconds > 0 && risen >= 0 ? risen / elapsedSeconds : Number.NaN;
  });
}
