import { formatFigure } from '../../analysis/figure-units.ts';
import { type Figure, figures, findFigure, roleFigures } from '../../analysis/figures.ts';
import type { Summary } from '../../analysis/summary.ts';
import type { ShownFigure } from '../document.ts';
import { fixed } from '../fixed-format.ts';

/** The value of a figure of the catalogue; null where it is not known. */
export function valueIn({ figures: values }: Summary, name: string): number | null {
  return values[name] ?? null;
}

/** A figure of the catalogue for the lines of the summary, in its unit. Throws a RangeError when there is none of that name. */
export function fixedFigure(summary: Summary, name: string): string {
  return fixed(valueIn(summary, name), figureIn(summary, name).unit);
}

/** The catalogue's title at the beginning of a line: `Scheduler RSS peak`. */
export function figureTitle(summary: Summary, name: string): string {
  return capitalized(figureIn(summary, name).title);
}

export function capitalized(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** A figure of the catalogue as people say it: `112 ms`, `34.5 MB`; a dash when it is not known. */
export function saidFigure(summary: Summary, name: string): string {
  return formatFigure(valueIn(summary, name) ?? Number.NaN, figureIn(summary, name).unit);
}

/** Figures to look at first, with the catalogue's title, and what else there is to know of them. */
export function shownFigure(summary: Summary, name: string, detail = ''): ShownFigure {
  return { title: figureIn(summary, name).title, value: saidFigure(summary, name), ...(detail !== '' && { detail }) };
}

function figureIn({ roles }: Summary, name: string): Figure {
  const [group = ''] = name.split('.');
  return findFigure(name, Object.hasOwn(roles, group) ? roleFigures(group) : figures);
}
