import { threeDigits } from './format-figure.ts';
import type { ComparedFigure } from './compared-figures.ts';
import type { SettingValue } from '../results/series-record.ts';
import { settingWords } from '../results/setting-names.ts';
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
  const range = `from ${valueOf(worst)} to ${valueOf(best)}`;
  const fewest = Math.min(...ranked.map(({ values }) => values.length));
  if (fewest < leastExperiments)
    return `${capital(figure.title)} ${range}, best with ${best.combination.label}, as far as ${fewest === 1 ? 'one experiment' : `${fewest} experiments`} each can tell (${leastExperiments} are needed)`;
  const alike = others.filter(({ median }) => !isApart(median, best.median));
  if (alike.length === others.length) return `No setting tells in ${figure.title}: ${range}, and all intervals overlap that of the best`;
  const found = `${valueOf(best)} (${valueOf(worst)} at worst)`;
  if (alike.length === 0) return `${superlative} ${figure.title} with ${best.combination.label}: ${found}`;
  return `${superlative} ${figure.title} ${alikeWords([best, ...alike].map(({ combination }) => combination))}: ${found}`;
}

/** So many are named. */
const mostNamed = 3;

/** Combinations that can't be told apart, by what they have in common. */
function alikeWords(combinations: readonly Combination[]): string {
  const names = Object.keys(combinations[0]?.settings ?? {});
  const valuesOf = (name: string): readonly SettingValue[] => [...new Set(combinations.flatMap(({ settings }) => settings[name] ?? []))];
  const common = names.filter((name) => valuesOf(name).length === 1);
  const differing = names.filter((name) => !common.includes(name));
  const shared = settingWords(Object.fromEntries(common.map((name) => [name, valuesOf(name)[0]])));
  const [only] = differing;
  const own =
    only !== undefined && differing.length === 1
      ? `${settingWords({
          [only]: valuesOf(only)
            .slice(0, mostNamed)
            .join(valuesOf(only).length === 2 ? ' and ' : ', '),
        })}${valuesOf(only).length > mostNamed ? ', ...' : ''}`
      : `${combinations.length} combinations`;
  return `with ${shared === '' ? '' : `${shared}, `}${own} alike, as far as can be told`;
}

function valueOf({ median, figure }: CombinationFigure): string {
  return `${threeDigits(median.value)}${figure.unit === '' ? '' : ` ${figure.unit}`}`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
