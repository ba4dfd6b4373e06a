/** Where the bars of all panels begin and end, and from how many seconds on times can be told apart. */
export interface LatencyAxes {
  readonly edges: Float64Array;
  readonly resolutionSeconds: number;
}

export type Domain = readonly [low: number, high: number];

export function domainOf(edges: Float64Array): Domain {
  return [edges[0] ?? 0, edges.at(-1) ?? 1];
}

export const phaseAxisTitle = 'time in the phase (ms and s, log scale)';

export const panelHeight = 64;
