/**
 * How often `changePoints` finds changes in steady series, and how it finds those of series that switch: what `changePenalty` was chosen by.
 * `node bench/change-penalty.ts [series]`; with 400 series it takes about 10 s.
 */
import { changePoints } from '../lib/src/statistics/change-points.ts';
import { steadySeries } from '../lib/test/statistics/simulate.ts';

const seeds = Array.from({ length: Number(process.argv[2] ?? 400) }, (_, seed) => seed);
const percent = (isSo: (seed: number) => boolean): string => `${((100 * seeds.filter(isSo).length) / seeds.length).toFixed(1)} %`;

console.log('steady series with changes (each value so much like the one before):');
for (const resemblance of [0, 0.3, 0.6]) {
  for (const count of [20, 60, 120, 240, 500, 1000]) {
    const share = percent((seed) => changePoints(steadySeries(count, resemblance, seed)).length > 0);
    console.log(`  ${resemblance} ${String(count).padStart(5)} windows: ${share}`);
  }
}

console.log('a step in the middle of 120 windows (0.3), found within two windows, with no other:');
for (const step of [1, 1.5, 2, 3, 5]) {
  const share = percent((seed) => {
    const found = changePoints(steadySeries(120, 0.3, seed).map((value, index) => value + (index < 60 ? 0 : step)));
    return found.length === 1 && Math.abs(found[0]!.index - 60) <= 2;
  });
  console.log(`  of ${step} standard deviations: ${share}`);
}
