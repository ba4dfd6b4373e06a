import type { Capacity } from './capacity.ts';
import { threeDigits } from './format-figure.ts';

/** What a capacity search found, in one sentence without its full stop. */
export function capacityFinding(capacity: Capacity): string {
  const { ended, seconds, objective, runsPerSecond, tasksPerRun } = capacity;
  const { low, high } = runsPerSecond;
  const what = objective.join(', ');
  const range = `${rate(low)} to ${rate(high)} runs/s`;
  const tasks = tasksPerRun === 1 ? '' : ` (${rate(low * tasksPerRun)} to ${rate(high * tasksPerRun)} tasks/s)`;
  switch (ended) {
    case 'found':
      return `It holds ${range}${tasks} with ${what}, for ${seconds} s at least`;
    case 'too uncertain':
      if (Number.isNaN(low))
        return `It does not hold ${rate(high)} runs/s with ${what}; how much it does is not known, as ${whyNoMore(capacity)}`;
      return Number.isNaN(high)
        ? `It holds ${rate(low)} runs/s with ${what}; how much more is not known, as ${whyNoMore(capacity)}`
        : `It holds ${range}${tasks} with ${what}, and it can't be told closer, as ${whyNoMore(capacity)}`;
    case 'not reached':
      return Number.isNaN(low)
        ? `What it holds with ${what} is not known: no probe could be judged`
        : `It holds ${rate(low)} runs/s at least with ${what}; more could not be offered`;
    case 'never kept':
      return `It does not hold ${rate(high)} runs/s with ${what}, and no lower rate can be judged in ${seconds} s`;
    case 'searching':
      return `The search is not complete: so far ${Number.isNaN(low) ? 'no rate' : `${rate(low)} runs/s`} kept ${what}${Number.isNaN(high) ? '' : `, ${rate(high)} runs/s did not`}`;
  }
}

/** A search also gives up where probe after probe says nothing of the target: a host that others use, a driver at its end. */
function whyNoMore({ probes }: Capacity): string {
  const inVain = probes.length - 1 - probes.findLastIndex(({ answer }) => answer !== 'discarded');
  return inVain > 1 ? `the last ${inVain} probes had to be discarded` : 'no more probes were made';
}

/** Rates of one search differ by a few percent: three digits would hide that they do. */
function rate(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : `${Number(value.toPrecision(value >= 100 ? 4 : 3))}`;
}

/** What limited it beyond, as a sentence; empty where no probe shows it. */
export function capacityCause({ limitedBy, cause }: Capacity): string {
  if (limitedBy === undefined || cause === '') return '';
  return `Beyond that: ${cause}`;
}

/** What was discarded, and why, as a sentence; empty where nothing was. */
export function discardedWords({ probes }: Capacity): string {
  const discarded = probes.filter(({ answer }) => answer === 'discarded');
  if (discarded.length === 0) return '';
  const times = new Map<string, number>();
  for (const { runsPerSecond, reason } of discarded) {
    const words = `${threeDigits(runsPerSecond)} runs/s (${reason})`;
    times.set(words, (times.get(words) ?? 0) + 1);
  }
  const rates = [...times].map(([words, count]) => (count === 1 ? words : `${count} times ${words}`));
  return `Discarded, as they say nothing of the target: ${rates.join('; ')}.`;
}
