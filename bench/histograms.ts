/**
 * What do the histograms in the results cost, and how far are they off? `node bench/histograms.ts [tasks]` (default 200,000)
 *
 * Heavy-tailed times (log-normal, seeded) of tasks over 400 s go into one histogram a window and phase as in an experiment; their
 * quantiles, merged over all windows, are set against those of the sorted times. Exits with 1 when one is off by more than is stated.
 */
import { quantileSorted } from 'd3-array';
import { distribution } from '../lib/src/analysis/distribution.ts';
import { sortNumbers } from '../lib/src/analysis/sort-numbers.ts';
import { seededRandom } from '../lib/src/random/seeded-random.ts';
import {
  PhaseHistograms,
  decodeHistogram,
  emptyHistogram,
  histogramPrecisionRatio,
  histogramWindowSeconds,
} from '../lib/src/results/phase-histograms.ts';

const tasks = Number(process.argv[2] ?? 200_000);
const spanSeconds = 400;

const uniform = seededRandom(1);
const latencyMs = Float64Array.from({ length: tasks }, () => {
  // A normal deviate (Box and Muller).
  const normal = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return 120 * Math.exp(0.8 * normal);
});

const histograms = new PhaseHistograms({ originMs: 0, windowSeconds: histogramWindowSeconds(spanSeconds) });
const before = process.memoryUsage();
const recordedAt = performance.now();
for (const [index, ms] of latencyMs.entries()) {
  const createdMs = (index * spanSeconds * 1000) / tasks;
  histograms.add({
    wantedMs: createdMs - 2,
    createdMs,
    dispatchedMs: createdMs + ms * 0.4,
    startedMs: createdMs + ms * 0.5,
    finishedMs: createdMs + ms,
  });
}
const recordSeconds = (performance.now() - recordedAt) / 1000;
const after = process.memoryUsage();
const encodedAt = performance.now();
const rows = [...histograms.rows()];
const encodeSeconds = (performance.now() - encodedAt) / 1000;

const mergedAt = performance.now();
const merged = emptyHistogram();
for (const row of rows) if (row.phase === 'latency') merged.add(decodeHistogram(row.encoded));
const mergeSeconds = (performance.now() - mergedAt) / 1000;

const sorted = sortNumbers(latencyMs);
const quantiles = [0.5, 0.9, 0.99, 0.999, 0.9999];
const errors = quantiles.map((p) => {
  // The value of the same rank, so that the error is the histogram's and not that of a definition.
  const rank = Math.max(1, Math.floor(p * tasks + 0.5));
  const exactMs = sorted[rank - 1] ?? Number.NaN;
  const counted = merged.medianEquivalentValue(merged.getValueAtPercentile(p * 100)) / 1000;
  return Math.abs(counted - exactMs) / exactMs;
});

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const size = rows.reduce((sum, row) => sum + row.encoded.length, 0);
const memory = after.arrayBuffers - before.arrayBuffers + after.heapUsed - before.heapUsed;
console.log(`${tasks} tasks, ${rows.length} histograms of ${histogramWindowSeconds(spanSeconds)} s:`);
console.log(
  `  counted in ${recordSeconds.toFixed(2)} s with ${megabytes(memory)} of memory, encoded in ${encodeSeconds.toFixed(2)} s to ${megabytes(size)}`,
);
console.log(
  `  merged in ${mergeSeconds.toFixed(3)} s; p99 of all tasks ${((quantileSorted(sorted, 0.99) ?? 0) / 1000).toFixed(4)} s, mean ${(distribution(latencyMs).avg / 1000).toFixed(4)} s`,
);
for (const [index, p] of quantiles.entries()) console.log(`  p${p * 100}: off by ${((errors[index] ?? 0) * 100).toFixed(4)} %`);
const worst = Math.max(...errors);
console.log(`  worst ${(worst * 100).toFixed(4)} %, stated ${histogramPrecisionRatio * 100} %`);
if (!(worst <= histogramPrecisionRatio)) process.exitCode = 1;
