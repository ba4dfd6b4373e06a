import type { Experiment } from '../results/experiment.ts';

/**
 * What several experiments are told apart by: their target (with its version where a target comes in several), their config (its name, and
 * where configs of one name differ, in what), each for itself, or `label`.
 */
export type TellBy = 'target' | 'config' | 'experiment' | 'label';

/** What every plot takes. */
export interface PlotOptions {
  /** Replaces the title that says what is seen. */
  readonly title?: string;
  /** Width of the drawing area in pixels, that of all facets together. Default 640. */
  readonly width?: number;
  /** Height of the largest panel in pixels; others keep their share. Default: the plot's own. */
  readonly height?: number;
  /** CSS colours by what the legend calls them, for instance `{ dbos: 'black', p99: '#900' }`. Default: the theme's. */
  readonly palette?: Readonly<Record<string, string>>;
  /** What headings and legends call an experiment, for instance `({ manifest }) => manifest.config.name`. Default: what differs. */
  readonly label?: (experiment: Experiment) => string;
  /** Draws several experiments side by side, a picture for each that this tells apart. Default: only where curves can't share a panel. */
  readonly facet?: TellBy;
}

/** What a plot takes whose curves of several experiments share its panels. */
export interface OverlayOptions extends PlotOptions {
  /** What the colours of several experiments tell apart. Default `label` where there is one, else target and config as far as they differ. */
  readonly color?: TellBy;
}

/** One experiment, or several. */
export type OneOrMore = Experiment | readonly Experiment[];

/** The experiments that a plot was given; throws a RangeError when there are none. */
export function listOf(experiments: OneOrMore, plot: string): readonly [Experiment, ...Experiment[]] {
  const [first, ...others] = 'manifest' in experiments ? [experiments] : experiments;
  if (first === undefined) throw new RangeError(`${plot}: expected at least one experiment, got none`);
  return [first, ...others];
}
