import { threeDigits } from './format-figure.ts';
import type { ComparedFigure } from './compared-figures.ts';
import { type Combination, type CombinationFigure, figureByCombination, isApart } from './sweep-combinations.ts';

/** So many experiments of each combination, with intervals that have nothing in common, tell which is better. */
const leastExperiments = 3;

/**
 * Which combination is best in a figure, or which can't be told apart: a sentence without its full stop.
 *
 * Two are told apart where the intervals of their medians have nothing in common, which is stricter than a test of the difference;
 * `orchlab bench` compares two of them pair by pair.
 */
export function sweepFinding(combinations: readonly Combination[], figure: ComparedFigure): string {
  const sign = figure.better === 'more' ? -1 : 1;
  const ranked = figureByCombination(combinations, figure)
    .filter(({ values }) => values.length > 0)
    .toSorted((a, b) => sign * (a.median.value - b.median.value));
  const [best, ...others] = ranked;
  const worst = others.at(-1);
  if (!best) return `${capital(figure.title)}: no experiment was done that has it`;
  if (!worst) return `${capital(figure.title)} with ${best.combination.label}: ${valueOf(best)}`;
  const superlative = figure.better === 'more' ? 'Highest' : 'Lowest';
  const fewest = Math.min(...ranked.map(({ values }) => values.length));
  const range = `from ${valueOf(worst)} to ${valueOf(best)}`;
  if (fewest < leastExperiments)
    return `${capital(figure.title)} ${range}, best with ${best.combination.label}, as far as ${fewest === 1 ? 'one experiment' : `${fewest} experiments`} each can tell (${leastExperiments} are needed)`;
  const alike = others.filter(({ median }) => !isApart(median, best.median));
  if (alike.length === others.length) return `No setting tells in ${figure.title}: ${range}, and all intervals overlap that of the best`;
  const names = [best, ...alike].map(({ combination }) => combination.label);
  if (alike.length === 0) return `${superlative} ${figure.title} with ${names[0]}: ${valueOf(best)}, from ${valueOf(worst)} at worst`;
  const listed =
    alike.length > 3
      ? `${names.length} combinations that can't be told apart, ${names[0]} among them`
      : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}, which can't be told apart`;
  return `${superlative} ${figure.title} with ${listed}: ${valueOf(best)}, from ${valueOf(worst)} at worst`;
}

function valueOf({ median, figure }: CombinationFigure): string {
  return `${threeDigits(median.value)}${figure.unit === '' ? '' : ` ${figure.unit}`}`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
