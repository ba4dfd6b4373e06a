/**
 * How often is flat memory called growing, and a leak of 10 or 20 MB an hour found? `node bench/growth.ts [--simulations 200]`
 *
 * Seeded simulations, a reading a second: a sawtooth as garbage collection makes it, noise that resembles itself for so many seconds
 * (AR(1)), and what fills up from the start and then is full. Of each, as of an experiment, the last two thirds. Two minutes.
 */
import { parseArgs } from 'node:util';
import { type Growth, growthOf } from '../lib/src/analysis/series-growth.ts';
import { seededRandom } from '../lib/src/random/seeded-random.ts';
import { normalQuantile } from '../lib/src/statistics/normal.ts';

const { values: options } = parseArgs({ options: { simulations: { type: 'string', default: '200' } } });
const simulations = Number(options.simulations);

interface Shape {
  readonly what: string;
  /** Of the sawtooth, MB and seconds. */
  readonly height: number;
  readonly period: number;
  /** Seconds after which the noise resembles itself by 1/e; and its standard deviation, MB. */
  readonly memory: number;
  readonly noise: number;
  /** What fills up, MB, all but 1/e of it in so many seconds. Default: nothing does. */
  readonly fills?: { readonly megabytes: number; readonly seconds: number };
}

const shapes: readonly Shape[] = [
  { what: 'sawtooth of 30 s', height: 20, period: 30, memory: 10, noise: 2 },
  { what: 'sawtooth of 2 min', height: 20, period: 120, memory: 100, noise: 3 },
  { what: 'sawtooth of 10 min', height: 30, period: 600, memory: 10, noise: 1 },
  { what: 'noise of 100 s', height: 10, period: 60, memory: 100, noise: 3 },
  { what: 'noise of 300 s', height: 10, period: 60, memory: 300, noise: 3 },
  { what: 'fills in 5 min', height: 10, period: 60, memory: 100, noise: 1.5, fills: { megabytes: 60, seconds: 300 } },
  { what: 'fills in 10 min', height: 10, period: 60, memory: 100, noise: 1.5, fills: { megabytes: 60, seconds: 600 } },
  { what: 'fills in 20 min', height: 10, period: 60, memory: 100, noise: 1.5, fills: { megabytes: 60, seconds: 1200 } },
];

console.log('load   memory               flat: grows  does not grow  | 10 MB/h: grows  in the interval  | 20 MB/h: grows');
for (const hours of [0.5, 1, 3]) {
  for (const shape of shapes) {
    const simulated = (perHour: number): readonly Growth[] =>
      Array.from({ length: simulations }, (_, seed) => simulate(shape, hours, perHour, seed + 1));
    const [flat, leaking, leakingMore] = [simulated(0), simulated(10), simulated(20)];
    const share = (all: readonly Growth[], matches: (growth: Growth) => boolean): string =>
      `${Math.round((100 * all.filter(matches).length) / simulations)} %`;
    const grows = ({ verdict }: Growth): boolean => verdict === 'grows';
    const cells = [
      share(flat, grows).padStart(11),
      share(flat, ({ verdict }) => verdict === 'does-not-grow').padStart(13),
      '|',
      share(leaking, grows).padStart(14),
      share(leaking, ({ lowBytesPerHour: low, highBytesPerHour: high }) => low <= 10e6 && high >= 10e6).padStart(15),
      '|',
      share(leakingMore, grows).padStart(14),
    ];
    console.log(`${hours} h`.padEnd(6), shape.what.padEnd(20), cells.join('  '));
  }
}

function simulate({ height, period, memory, noise, fills }: Shape, hours: number, megabytesPerHour: number, seed: number): Growth {
  const random = seededRandom(seed);
  const normal = (): number => normalQuantile(random() || 0.5);
  const resemblance = Math.exp(-1 / memory);
  let [phase, length, deviation] = [random(), period, noise * normal()];
  const atSeconds = Array.from({ length: 3600 * hours }, (_, second) => second);
  const bytes = atSeconds.map((second) => {
    phase += 1 / length;
    if (phase >= 1) [phase, length] = [0, period * Math.exp(0.3 * normal())];
    deviation = resemblance * deviation + Math.sqrt(1 - resemblance ** 2) * noise * normal();
    const filled = fills ? fills.megabytes * (1 - Math.exp(-second / fills.seconds)) : 0;
    return 1e6 * (120 + (megabytesPerHour * second) / 3600 + height * phase + deviation + filled);
  });
  return growthOf(atSeconds, bytes, [1200 * hours, 3600 * hours]);
}
