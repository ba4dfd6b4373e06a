import type { SpecPart } from './plot-frame.ts';

/** Dragging moves a plot along its x axis, ctrl (or cmd) and wheel zooms, a double click resets. */
export const zoomParam: SpecPart = {
  name: 'zoom',
  // A plain wheel must scroll the page; a pinch on a trackpad comes as ctrl and wheel.
  select: { type: 'interval', encodings: ['x'], zoom: 'wheel![event.ctrlKey || event.metaKey]' },
  bind: 'scales',
};
