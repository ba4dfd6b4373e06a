import { formatFigure } from '../../analysis/figure-units.ts';
import { percent, plural, threeDigits } from '../../analysis/format-figure.ts';
import type { Scaling } from '../../analysis/scaling.ts';
import { shortNames } from '../../results/setting-names.ts';
import type { Estimate } from '../../statistics/estimate.ts';
import { type Block, sentence } from '../document.ts';

/** A peak further away than this many times the largest size that was tried is no peak that was seen. */
const farthest = 2;
/** The law is off by so much on average that its parameters say little. */
const misfitRatio = 0.1;

/** How throughput grows with a number of places or schedulers, a sentence or two for each combination of the other settings. */
export function scalingBlocks(scalings: readonly Scaling[]): readonly Block[] {
  return scalings.flatMap((scaling) => {
    const short = shortNames([scaling.setting]).get(scaling.setting) ?? scaling.setting;
    const where = scaling.label === '' ? `Over ${short}` : `${scaling.label}, over ${short}`;
    return scalingSentences(scaling).map((words, index) =>
      index === 0 ? sentence(`${where}: ${words}`) : ({ kind: 'indented', blocks: [sentence(words)] } as const),
    );
  });
}

export function scalingSentences({ law, points, leftOut, unit }: Scaling): readonly string[] {
  const left =
    leftOut === 0
      ? []
      : [`${plural(leftOut, 'experiment')} left out: neither the engine nor its host limited ${leftOut === 1 ? 'it' : 'them'}.`];
  if (!law) {
    const sizes = new Set(points.map(({ size }) => size)).size;
    return [
      `how it scales can't be told from ${plural(points.length, 'experiment')} of ${plural(sizes, 'size')}: the Universal Scalability Law takes four of three.`,
      ...left,
    ];
  }
  const sizes = points.map(({ size }) => size);
  const misfit =
    law.residualRatio > misfitRatio
      ? [`The law is off by ${percent(law.residualRatio)}: it is no good description, and its parameters say little.`]
      : [];
  return [
    `${peakWords(law.peakSize, unit, Math.min(...sizes), Math.max(...sizes), (size) => formatFigure(law.predict(size), 'tasksPerSecond'))}.`,
    `By the Universal Scalability Law one ${unit} does ${interval(law.lambda, threeDigits)} tasks/s; contention ${interval(law.sigma, ratio)}, coherency ${interval(law.kappa, ratio)}.`,
    ...misfit,
    ...left,
  ];
}

function peakWords({ value, low, high }: Estimate, unit: string, smallest: number, largest: number, at: (size: number) => string): string {
  const units = (count: number): string => plural(Math.round(count), unit);
  if (high <= smallest) return `throughput is highest with the fewest, ${units(smallest)}: more cost some of it`;
  if (low >= largest)
    return `throughput still rises at ${units(largest)}, the most that were tried (${at(largest)}); where it stops can't be told from here`;
  if (high <= farthest * largest && value <= largest)
    return `throughput is highest at about ${units(value)} (${Math.round(low)} to ${Math.round(high)}): ${at(value)}; with more of them it falls`;
  return `at which number throughput is highest can't be told: ${Number.isFinite(low) ? `at ${Math.max(1, Math.round(low))} ${unit}s or more` : 'none was seen'}, of ${smallest} to ${largest} that were tried`;
}

function interval({ value, low, high }: Estimate, words: (value: number) => string): string {
  return `${words(value)} (${words(low)} to ${words(high)})`;
}

function ratio(value: number): string {
  return `${Number((100 * value).toPrecision(2))} %`;
}
