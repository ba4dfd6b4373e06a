import { table as asTable } from 'arquero';
import { formatSeconds, plural, threeDigits } from '../../analysis/format-figure.ts';
import { type Neighbour, neighbourOf } from '../../analysis/neighbour.ts';
import { summaryOf } from '../../analysis/saved-summary.ts';
import type { Series } from '../../results/series.ts';
import type { Estimate } from '../../statistics/estimate.ts';
import { type Section, sentence, table } from '../document.ts';
import { surroundingLines } from '../value-lists.ts';

/** What a workflow has of those beside it: alone, beside them, and what that makes, each with its interval. */
export function neighbourSections(series: Series): readonly Section[] {
  const found = neighbourOf(series);
  if (found.lines.length === 0) return [];
  const words = (of: (line: Neighbour['lines'][number]) => Estimate, say: (value: number) => string): string[] =>
    found.lines.map((line) => estimateWords(of(line), say));
  const columns = asTable({
    figure: found.lines.map(({ title }) => title),
    alone: words(({ alone }) => alone, formatSeconds),
    beside: words(({ beside }) => beside, formatSeconds),
    difference: words(({ difference }) => difference, signedSeconds),
    times: words(({ ratio }) => ratio, threeDigits),
    rounds: found.lines.map(({ rounds }) => rounds.length),
  });
  return [
    { blocks: [sentence(finding(found)), table(columns)] },
    { title: 'Run with', blocks: surroundingLines(series.experiments.map(summaryOf)).map((line) => sentence(line)) },
  ];
}

function finding({ victim, neighbours, target, version, lines }: Neighbour): string {
  const line = lines.find(({ name }) => name === 'response.p99') ?? lines[0];
  if (!line) return '';
  const { title, alone, beside, ratio, rounds } = line;
  const level = Number((100 * ratio.level).toPrecision(3));
  const interval = Number.isNaN(ratio.low) ? '' : ` (${threeDigits(ratio.low)} to ${threeDigits(ratio.high)}, ${level} %)`;
  return `${victim} on ${target} ${version}: ${title} ${formatSeconds(alone.value)} alone, ${formatSeconds(beside.value)} beside ${neighbours.join(', ')}: ${threeDigits(ratio.value)} times${interval}, the median of ${plural(rounds.length, 'round')}.`;
}

function estimateWords({ value, low, high }: Estimate, say: (value: number) => string): string {
  return Number.isNaN(low) ? say(value) : `${say(value)} (${say(low)} to ${say(high)})`;
}

function signedSeconds(seconds: number): string {
  return seconds < 0 ? `-${formatSeconds(-seconds)}` : formatSeconds(seconds);
}
