import { seededRandom } from '../../src/random/seeded-random.ts';
import { normalQuantile } from '../../src/statistics/normal.ts';

/** Standard normal numbers. */
export function seededNormal(seed: number): () => number {
  const random = seededRandom(seed);
  return () => normalQuantile(random() || 0.5);
}

/** A series about 0 with deviation 1, each value `resemblance` times the one before and noise: AR(1). */
export function steadySeries(count: number, resemblance: number, seed: number): readonly number[] {
  const normal = seededNormal(seed);
  const noise = Math.sqrt(1 - resemblance ** 2);
  let value = normal();
  return Array.from({ length: count }, () => (value = resemblance * value + noise * normal()));
}
