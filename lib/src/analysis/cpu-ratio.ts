/**
 * CPU seconds per second up to each sample: 1 is one core, wholly used.
 *
 * `atMs` rises, `cpuSeconds` is cumulative. Each ratio is over the time since the latest sample that is at least `spanSeconds` older
 * (with 0, the one before); NaN where there is none.
 */
export function cpuRatios(atMs: Float64Array, cpuSeconds: Float64Array, spanSeconds = 0): Float64Array {
  let from = -1;
  return atMs.map((now, index) => {
    while (from + 1 < index && now - (atMs[from + 1] ?? Number.NaN) >= spanSeconds * 1000) from++;
    if (from < 0) return Number.NaN;
    const elapsedSeconds = (now - (atMs[from] ?? Number.NaN)) / 1000;
    return ((cpuSeconds[index] ?? Number.NaN) - (cpuSeconds[from] ?? Number.NaN)) / elapsedSeconds;
  });
}
