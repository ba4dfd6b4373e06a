import { from } from 'arquero';
import { threeDigits } from '../../analysis/format-figure.ts';
import { environmentNotes } from '../../analysis/comparable-groups.ts';
import { summaryOf } from '../../analysis/saved-summary.ts';
import { scalingOf } from '../../analysis/scaling.ts';
import {
  type Combination,
  type CombinationFigure,
  combinationsOf,
  figureByCombination,
  headlineFigure,
  settingsOf,
  sweepFigures,
} from '../../analysis/sweep-combinations.ts';
import { sweepFinding } from '../../analysis/sweep-finding.ts';
import { plotSweep } from '../../plots/plot-sweep.ts';
import type { Series } from '../../results/series.ts';
import { shortNames } from '../../results/setting-names.ts';
import { type Block, type Section, sentence, table } from '../document.ts';
import { surroundingLines } from '../value-lists.ts';
import { scalingBlocks } from './scaling.ts';
import { findingBlocks } from './verdict.ts';

/** What came of a sweep: its finding, a row a combination, how throughput scales, what limited each. */
export function sweepSections(series: Series): readonly Section[] {
  const combinations = combinationsOf(series);
  const experiments = combinations.flatMap(({ done }) => done);
  if (experiments.length === 0) return [];
  const rows = sweepFigures(combinations)
    .map((figure) => figureByCombination(combinations, figure))
    // Of few tasks a p99 is known of none.
    .filter((row) => row.some(({ values }) => values.length > 0));
  const scalings = scalingOf(series);
  const shown = from(
    combinations.map((combination, index) =>
      rowOf(
        combination,
        rows.flatMap((row) => row[index] ?? []),
        combinations,
      ),
    ),
  );
  return [
    { blocks: [sentence(`${sweepFinding(combinations, headlineFigure(combinations))}.`), sentence(intervalSentence(combinations))] },
    { blocks: [table(shown, Number.POSITIVE_INFINITY), { kind: 'plot', name: 'sweep', plot: plotSweep(series) }] },
    { blocks: listOf(differences(combinations)) },
    { title: 'Scaling', blocks: scalings.length === 0 ? [] : scalingBlocks(scalings) },
    { title: 'Verdicts', blocks: verdictsOf(combinations) },
    { title: 'Run with', blocks: surroundingLines(experiments.map(summaryOf)).map((line) => sentence(line)) },
  ];
}

function listOf(items: readonly string[]): readonly Block[] {
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

/** What of the surroundings was not the same for all combinations. */
function differences(combinations: readonly Combination[]): readonly string[] {
  const firsts = combinations.flatMap(({ done, label }) => done.slice(0, 1).map((first) => ({ target: label, done: [first], failed: [] })));
  return environmentNotes(firsts);
}

function intervalSentence(combinations: readonly Combination[]): string {
  const fewest = Math.min(...combinations.map(({ done }) => done.length));
  if (fewest < 2) return 'Median of the experiments that ended as done.';
  const level = Math.floor(100 * (fewest < 6 ? 1 - 2 ** (1 - fewest) : 0.95));
  return `Median of the experiments that ended as done, and the interval that holds the true one with ${level} % confidence.`;
}

function rowOf(
  combination: Combination,
  figures: readonly CombinationFigure[],
  all: readonly Combination[],
): Readonly<Record<string, string | number>> {
  const { settings, done, failed } = combination;
  const short = shortNames([...settingsOf(all).keys()]);
  const cells = figures.map(({ figure, median }) => {
    const value = threeDigits(median.value);
    const shown = Number.isNaN(median.value)
      ? '–'
      : Number.isNaN(median.low)
        ? value
        : `${value} (${threeDigits(median.low)} to ${threeDigits(median.high)})`;
    return [`${figure.title}${figure.unit === '' ? '' : ` (${figure.unit})`}`, shown] as const;
  });
  return {
    ...Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [short.get(name) ?? name, typeof value === 'boolean' ? String(value) : value]),
    ),
    done: `${done.length} of ${done.length + failed}`,
    ...Object.fromEntries(cells),
    'limited by': limitedBy(combination),
  };
}

/** What limited most of them; with how many, where not all. */
function limitedBy({ done }: Combination): string {
  const counts = new Map<string, number>();
  for (const experiment of done) {
    const { limitedBy: what } = summaryOf(experiment).verdict;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, count]) => (count === done.length ? what : `${what} ${count}`))
    .join(', ');
}

/** Of one experiment for all of a combination: one that what limited most of them limited. What is to be noted of all is said once. */
function verdictsOf(combinations: readonly Combination[]): readonly Block[] {
  const typical = combinations.flatMap((combination) => {
    const most = limitedBy(combination).split(/[ ,]/)[0];
    const experiment = combination.done.find((each) => summaryOf(each).verdict.limitedBy === most);
    return experiment ? [{ label: combination.label, verdict: summaryOf(experiment).verdict }] : [];
  });
  const [first] = typical;
  const common = (first?.verdict.notes ?? []).filter((note) => typical.every(({ verdict }) => verdict.notes.includes(note)));
  const each = typical.flatMap(({ label, verdict: { sentence: words, notes } }): readonly Block[] => {
    const own = notes.filter((note) => !common.includes(note));
    const [said, ...remarks] = findingBlocks({ sentence: `${label}: ${words}`, notes: own });
    return [...(said ? [said] : []), { kind: 'indented', blocks: remarks }];
  });
  return [...each, ...common.map((text): Block => ({ kind: 'note', label: 'note', text: `of all: ${text}` }))];
}
