import type { Experiment } from '../results/experiment.ts';
import { type Labelled, colorsOfLabels, groupByLabel, labelExperiments } from './label-experiments.ts';
import type { OverlayOptions } from './plot-options.ts';
import type { TimeFacet, TimePanel } from './time-panel.ts';

interface Overlay {
  readonly labelled: readonly Labelled[];
  readonly facets: readonly TimeFacet[];
  readonly colors: Readonly<Record<string, string>>;
  /** What the legend calls the curve of each experiment. */
  readonly legendNames: Readonly<Record<string, string>>;
}

/** Panels that experiments share, a curve each, coloured by what `color` tells apart; those that `facet` tells apart have panels of their own. */
export function overlayFacets(
  experiments: readonly Experiment[],
  options: OverlayOptions,
  panels: (members: readonly Labelled[]) => readonly TimePanel[],
): Overlay {
  const labelled = labelExperiments(experiments, options, options.color);
  return {
    labelled,
    facets: facetGroups(labelled, options).map(([heading, members]) => ({ heading, panels: panels(members) })),
    colors: colorsOfLabels(labelled, options.palette),
    legendNames: Object.fromEntries(labelled.filter(({ name, label }) => name !== label).map(({ name, label }) => [name, label])),
  };
}

/** The experiments of each facet, under its heading; all of them are one without `facet`. */
export function facetGroups(
  labelled: readonly Labelled[],
  options: OverlayOptions,
): readonly (readonly [heading: string, members: readonly Labelled[]])[] {
  if (options.facet === undefined) return [['', labelled]];
  const groups = groupByLabel(
    labelExperiments(
      labelled.map(({ experiment }) => experiment),
      options,
      options.facet,
    ),
  );
  return groups.map(([heading, members]) => [heading, labelled.filter(({ experiment }) => members.includes(experiment))] as const);
}
