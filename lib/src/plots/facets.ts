import type { SpecPart } from './plot-frame.ts';
import { plotWidth } from './theme.ts';

/** So many pictures stand side by side. */
const mostColumns = 3;
/** Between two of them, with the axis of the right one. */
const gap = 66;
/** A picture that is less wide shows nothing. */
const leastWidth = 150;

/** How wide each of `count` pictures is that share `width` pixels. */
export function facetWidth(count: number, width = plotWidth): number {
  const columns = Math.min(count, mostColumns);
  return Math.max(leastWidth, Math.floor((width - (columns - 1) * gap) / columns));
}

/** Pictures side by side under their headings, each a body that Vega-Lite can nest; one alone is itself. */
export function sideBySide(pictures: readonly (readonly [heading: string, body: SpecPart])[], shared: SpecPart = {}): SpecPart {
  const [only] = pictures;
  if (only && pictures.length === 1) return { ...shared, ...only[1] };
  return {
    ...shared,
    concat: pictures.map(([heading, body]) => ({ title: { text: heading, fontSize: 13, anchor: 'start' }, ...body })),
    columns: mostColumns,
    spacing: { row: 26, column: 18 },
  };
}
