import type { Plot } from './plot.ts';

/** Colours that stay apart for colour-blind readers, on white and on dark: Okabe and Ito, https://jfly.uni-koeln.de/color/ */
const palette = {
  blue: '#0072B2',
  orange: '#E69F00',
  green: '#009E73',
  purple: '#CC79A7',
  sky: '#56B4E9',
  vermilion: '#D55E00',
  grey: '#8A929B',
  sage: '#7FB7A4',
  gold: '#B8A000',
} as const;

/** A neutral line that shows on white and on dark. */
export const neutralColor = palette.grey;

export const roleColors = {
  scheduler: palette.blue,
  workers: palette.orange,
  postgres: palette.green,
  'own-backends': palette.sage,
  driver: palette.purple,
  sampler: palette.grey,
} as const;
/** For the target's further roles, in turn. */
const furtherColors = [palette.sky, palette.vermilion, palette.gold] as const;

/** A colour for each role; those that every experiment has always have the same. */
export function colorsOfRoles(roles: readonly string[]): Readonly<Record<string, string>> {
  const further = roles.filter((role) => !(role in roleColors));
  return {
    ...roleColors,
    ...Object.fromEntries(further.map((role, index) => [role, furtherColors[index % furtherColors.length] ?? palette.sky])),
  };
}

export const phaseColors = {
  submission: palette.sky,
  wait: palette.orange,
  dispatch: palette.purple,
  execution: palette.green,
  latency: palette.blue,
  response: palette.vermilion,
} as const;

/** Of the bystander. */
export const stretchColors = { alone: palette.grey, idle: palette.sky, load: palette.vermilion } as const;

export const stateColors = {
  pending: palette.grey,
  dispatched: palette.orange,
  running: palette.sky,
  finished: palette.green,
  failed: palette.vermilion,
  cancelled: palette.purple,
} as const;

export const percentileColors = { p50: palette.sky, p90: palette.blue, p99: palette.orange, max: palette.vermilion } as const;

/** Of the probes of a capacity search. */
export const answerColors = { kept: palette.blue, missed: palette.vermilion, discarded: palette.grey } as const;

export const seriesColors = [palette.blue, palette.orange, palette.green, palette.purple, palette.sky, palette.vermilion] as const;

/** Colours for so many things: up to six that have no order, and more of them along one scale from dark to light (viridis without its ends). */
export function colorsOfMany(count: number): readonly string[] {
  if (count <= seriesColors.length) return seriesColors.slice(0, count);
  return Array.from({ length: count }, (_, index) => mix((index / (count - 1)) * (scaleColors.length - 1)));
}

/** viridis at 0.15, 0.3, 0.45, 0.6, 0.75 and 0.88: https://bids.github.io/colormap/ */
const scaleColors = [
  [70, 50, 127],
  [54, 92, 141],
  [39, 128, 142],
  [35, 165, 133],
  [86, 198, 103],
  [166, 219, 54],
] as const;

function mix(at: number): string {
  const low = Math.min(Math.floor(at), scaleColors.length - 2);
  const parts = scaleColors[low]?.map((part, index) => Math.round(part + (at - low) * ((scaleColors[low + 1]?.[index] ?? part) - part)));
  return `#${(parts ?? []).map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** A stretch in which nothing went on. */
export const stallColor = palette.vermilion;

/** Where a regime begins, and what happened meanwhile: a grey that can be read on white and on dark. */
export const markColor = '#7d848d';

/** What connections to Postgres do; what they wait for has no order, so its colours go by how often. */
export const connectionColors = {
  'on CPU': palette.green,
  active: palette.green,
  waits: [palette.orange, palette.vermilion, palette.purple],
  'other waits': palette.grey,
  'idle in transaction': palette.sky,
  'waiting for a lock': palette.vermilion,
} as const;

/** The one series of a panel whose title says what it is. */
export const singleColor = palette.blue;

/** What a comparison says of a figure. */
export const outcomeColors = {
  better: palette.green,
  worse: palette.vermilion,
  equivalent: palette.blue,
  'cannot tell': palette.grey,
} as const;

/** A line of reference across marks of `stateColors.finished`. */
export const referenceColor = palette.orange;

export const plotWidth = 640;

/** Puts the title of a y axis above it, to be read without turning one's head. */
export const titleAbove = { titleAngle: 0, titleAlign: 'left', titleBaseline: 'bottom', titleX: -40, titleY: -7 } as const;

/**
 * What every plot's `config` says: sizes, spacing and a quiet grid.
 *
 * Sets no colour of text or background, so that the host's theme decides (JupyterLab's dark one, a report's `currentColor`);
 * what is drawn in plots is readable on white and on dark.
 */
export const plotConfig: NonNullable<Plot['config']> = {
  font: 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif',
  view: { stroke: 'transparent' },
  title: { anchor: 'start', frame: 'group', fontSize: 15, fontWeight: 600, subtitleFontSize: 12, subtitlePadding: 4, offset: 12, limit: 0 },
  axis: {
    gridOpacity: 0.45,
    domainOpacity: 0.6,
    tickOpacity: 0.6,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 500,
    titlePadding: 8,
  },
  axisX: { grid: false, labelFlush: true, labelOverlap: true, tickCount: 8 },
  // All panels of a plot begin at the same place.
  axisY: { minExtent: 44, tickCount: 5, domain: false, ticks: false },
  legend: {
    orient: 'top',
    direction: 'horizontal',
    title: null,
    symbolType: 'square',
    labelFontSize: 12,
    labelLimit: 0,
    symbolSize: 110,
    offset: 6,
  },
  // A grey that can be read on white and on dark: marks, unlike axes, don't follow the host's theme.
  text: { color: markColor },
  bar: { binSpacing: 1 },
  line: { strokeWidth: 2 },
  concat: { spacing: 14 },
};

/** In a plot of one panel, vega places the legend without regard to such a title. */
export const legendAboveTitle = { offset: 24 } as const;
