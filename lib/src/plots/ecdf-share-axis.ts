import type { SpecPart } from './plot-frame.ts';
import { titleAbove } from './theme.ts';

/** How the vertical axis shows the share of tasks: evenly, or with each step up a tenth of what is left. */
export type ShareAxis = 'share' | 'tail';

/** The axis, with the field whose values it shows. */
type FieldAxis = SpecPart & { readonly field: string };

const evenAxis: FieldAxis = {
  field: 'share',
  type: 'quantitative',
  title: 'share of tasks (%)',
  scale: { domain: [0, 1] },
  axis: { format: '.0%', tickCount: 5, ...titleAbove },
};

/** 1 - share on a logarithmic axis turned over; the maximum, where nothing is left, sits at half a task. */
function tailAxis(total: number): FieldAxis {
  const lowest = 0.5 / total;
  const values = [1, 0.5, 0.1, 0.01, 0.001, 0.0001, 0.00001].filter((left) => left >= lowest);
  return {
    field: 'left',
    type: 'quantitative',
    title: 'share of tasks (%, tail stretched)',
    scale: { type: 'log', domain: [1, lowest], nice: false, clamp: true },
    axis: {
      values,
      tickCount: values.length,
      ...titleAbove,
      labelExpr: "format(100 * (1 - datum.value), '.5~r') + '%'",
    },
  };
}

/** The axis over `total` tasks at most. */
export function shareAxis(axis: ShareAxis, total: number): FieldAxis {
  return axis === 'tail' ? tailAxis(total) : evenAxis;
}

/** What the vertical axis shows of a share, and no more: there are many points. */
export function heightOn(axis: ShareAxis, share: number, total: number): SpecPart {
  if (axis === 'share') return { share: Number(share.toPrecision(6)) };
  return { left: Number(Math.max(1 - share, 0.5 / total).toPrecision(6)) };
}
