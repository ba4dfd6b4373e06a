/**
 * How often the borders of regimes are found in steady experiments, and how often where the rate is switched: `node bench/regimes.ts [experiments]`;
 * with 100 a line it takes about a minute.
 *
 * Six series (throughput, response time, four of CPU) that vary by so much about their mean and resemble the window before by so much; then throughput
 * and Postgres' CPU switched in the middle of 120 windows.
 */
import { findBorders } from '../lib/src/analysis/regime-borders.ts';
import type { RegimeSeries } from '../lib/src/analysis/regime-windows.ts';
import { steadySeries } from '../lib/test/statistics/simulate.ts';

const seeds = Array.from({ length: Number(process.argv[2] ?? 100) }, (_, seed) => seed);
const percent = (isSo: (seed: number) => boolean): string => `${((100 * seeds.filter(isSo).length) / seeds.length).toFixed(1)} %`;
const kinds = ['throughput', 'response time', 'CPU', 'CPU', 'CPU', 'CPU'] as const;

function seriesOf(seed: number, windows: number, deviation: number, resemblance: number, factor = 1): readonly RegimeSeries[] {
  return kinds.map((kind, index) => {
    const noise = steadySeries(windows, resemblance, 10 * seed + index + 7000);
    const values = Float64Array.from(noise, (value, window) => {
      const isSwitched = window >= windows / 2 && (index === 0 || index === 2);
      return Math.max(0, (isSwitched ? factor : 1) * (1 + deviation * value));
    });
    return { kind, subject: String(index), values, floor: kind === 'CPU' ? 0.2 : 0.02 };
  });
}

console.log('steady experiments with a border (deviation, resemblance to the window before):');
for (const deviation of [0.1, 0.2, 0.35, 0.5]) {
  for (const resemblance of [0, 0.3, 0.6]) {
    const shares = [48, 120, 400].map((windows) => {
      const share = percent((seed) => {
        const series = seriesOf(seed, windows, deviation, resemblance);
        return findBorders({ series, edgesMs: new Float64Array(windows + 1) }).length > 0;
      });
      return `${windows} windows ${share}`;
    });
    console.log(`  ${deviation} ${resemblance}: ${shares.join(', ')}`);
  }
}

console.log('one border, within a window of where the rate was switched (deviation 0.2, resemblance 0.3):');
for (const factor of [1.25, 1.5, 2, 3, 10]) {
  const share = percent((seed) => {
    const found = findBorders({ series: seriesOf(seed, 120, 0.2, 0.3, factor), edgesMs: new Float64Array(121) });
    return found.length === 1 && Math.abs(found[0]!.window - 60) <= 1;
  });
  console.log(`  by a factor of ${factor}: ${share}`);
}
