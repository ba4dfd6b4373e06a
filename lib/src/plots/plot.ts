import type { TopLevelSpec } from 'vega-lite';

/** A Vega-Lite specification with its data inline: a plain JSON object that any Vega-Lite renderer takes. */
export type Plot = TopLevelSpec;

/**
 * What `asPlot` puts behind a specification: empty, so a plot has the same keys and the same JSON as the plain object.
 * The notebook display hangs its drawing of a cell's last value here.
 */
export const plotPrototype: object = {};

/** Marks a specification as a plot and returns it, so that `show` and a cell's last value draw it instead of printing its JSON. */
export function asPlot(spec: Plot): Plot {
  return Object.setPrototypeOf(spec, plotPrototype) as Plot;
}

/** True for what `asPlot` returned, and for any object whose `$schema` names Vega-Lite. */
export function isPlot(value: unknown): value is Plot {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.prototype.isPrototypeOf.call(plotPrototype, value)) return true;
  return '$schema' in value && typeof value.$schema === 'string' && value.$schema.includes('/vega-lite/');
}
