import { type FigureUnit, formatFigure, shownUnits } from '../../analysis/figure-units.ts';
import { plural, threeDigits } from '../../analysis/format-figure.ts';
import { type CostCard, type CostGroup, type CostLine, costGroups, costOf } from '../../analysis/cost.ts';
import { summaryOf } from '../../analysis/saved-summary.ts';
import type { Series } from '../../results/series.ts';
import { type Section, facts, sentence } from '../document.ts';
import { surroundingLines } from '../value-lists.ts';

/** The card of a queue: what it costs in the database that it is in. */
export function costSections(series: Series): readonly Section[] {
  const card = costOf(series);
  if (card.lines.length === 0) return [];
  return [
    { blocks: [sentence(costFinding(card))] },
    ...(Object.keys(costGroups) as CostGroup[]).flatMap((group): readonly Section[] => {
      const lines = card.lines.filter((line) => line.group === group);
      return lines.length === 0 ? [] : [{ title: costGroups[group], blocks: [facts(lines.map((line) => [line.title, lineWords(line)]))] }];
    }),
    { title: 'Run with', blocks: surroundingLines(series.experiments.map(summaryOf)).map((line) => sentence(line)) },
  ];
}

function costFinding({ target, version, rounds, tasksPerSecond }: CostCard): string {
  const load = Number.isNaN(tasksPerSecond) ? '' : ` at ${threeDigits(tasksPerSecond)} tasks/s`;
  return `What ${[target, version].filter((part) => part !== '').join(' ')} costs in its database${load}: the median of ${plural(rounds, 'round')}${rounds > 1 ? ', and in brackets the interval of it' : ''}.`;
}

function lineWords({ cost, unit, values }: CostLine): string {
  const said = formatFigure(rounded(cost.value, unit), unit);
  return values.length === 1 ? said : `${said} (${withoutUnit(cost.low, unit)} to ${withoutUnit(cost.high, unit)})`;
}

/** Seconds keep theirs: they may be ms beside s. */
function withoutUnit(value: number, unit: FigureUnit): string {
  if (unit === 'seconds' || unit === 'count') return formatFigure(rounded(value, unit), unit);
  return threeDigits(value / shownUnits[unit].divisor);
}

/** A count of a day is no more exact than three digits. */
function rounded(value: number, unit: FigureUnit): number {
  return unit === 'count' ? Number(value.toPrecision(3)) : value;
}
