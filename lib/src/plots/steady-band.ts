import { threeDigits } from '../analysis/format-figure.ts';
import { steadyState } from '../analysis/steady-state.ts';
import type { Experiment } from '../results/experiment.ts';
import type { SpecPart } from './plot-frame.ts';
import { neutralColor } from './theme.ts';
import { digits } from './time-panels.ts';

/** A shaded band over the steady part of an experiment, for a plot over seconds, and the words that say what it is; empty where there is none. */
export function steadyBand(experiment: Experiment): { readonly layers: readonly SpecPart[]; readonly notes: readonly string[] } {
  const state = steadyState(experiment);
  if (!state.found) return { layers: [], notes: [] };
  const [from, to] = [digits(state.fromSeconds), digits(state.toSeconds)];
  const [fromText, toText] = [threeDigits(state.fromSeconds), threeDigits(state.toSeconds)];
  return {
    layers: [
      {
        data: { values: [{ steadyFrom: from, steadyTo: to }] },
        mark: { type: 'rect', color: neutralColor, opacity: 0.14, clip: true },
        encoding: {
          x: { field: 'steadyFrom', type: 'quantitative' },
          x2: { field: 'steadyTo' },
          tooltip: [
            { field: 'steadyFrom', type: 'quantitative', title: 'steady from (s)', format: ',.2~f' },
            { field: 'steadyTo', type: 'quantitative', title: 'to (s)', format: ',.2~f' },
          ],
        },
      },
    ],
    notes: [`Shaded: the steady part, ${fromText} s to ${toText} s (MSER-5).`],
  };
}
