import { plural, threeDigits } from '../analysis/format-figure.ts';
import { type Stall, longestStall } from '../analysis/stall.ts';
import { steadyState } from '../analysis/steady-state.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Labelled } from './label-experiments.ts';
import type { SpecPart } from './plot-frame.ts';
import { neutralColor, stallColor } from './theme.ts';
import { digits } from './time-panels.ts';

/** Bands over stretches of an experiment, for a plot over seconds, and the words that say what they are. */
export interface TimeMarks {
  readonly layers: readonly SpecPart[];
  readonly notes: readonly string[];
}

/** The stall of an experiment, if it had one, in a plot whose axis of time ends at `endSeconds`. */
export function stallMark(experiment: Experiment, endSeconds = Infinity): TimeMarks {
  const stall = longestStall(experiment);
  // A band beyond the axis is none, and what draws PNGs ends the process at a clipped mark of which nothing is left.
  if (!stall || stall.fromSeconds >= endSeconds) return { layers: [], notes: [] };
  const { fromSeconds, toSeconds } = stall;
  return {
    layers: [band('stall', fromSeconds, Math.min(toSeconds, endSeconds), { color: stallColor, opacity: 0.2 })],
    notes: [`Red band: a stall ${stallWords(stall)}`],
  };
}

function stallWords({ fromSeconds, toSeconds, waitingTasks }: Stall): string {
  return `from ${threeDigits(fromSeconds)} s to ${threeDigits(toSeconds)} s: nothing was dispatched, started or ended while ${plural(waitingTasks, 'task')} waited.`;
}

/** Which of several experiments stalled, a sentence each; of one alone what its band means. */
export function stallNotes(all: readonly Labelled[]): readonly string[] {
  const [only] = all;
  if (only && all.length === 1) return stallMark(only.experiment).notes;
  return all.flatMap(({ experiment, name }) => {
    const stall = longestStall(experiment);
    return stall ? [`A stall of ${name} ${stallWords(stall)}`] : [];
  });
}

/** The steady part of an experiment, if there is one, and its stall, in a plot whose axis of time ends at `endSeconds`. */
export function steadyAndStallMarks(experiment: Experiment, endSeconds = Infinity): TimeMarks {
  const state = steadyState(experiment);
  const stall = stallMark(experiment, endSeconds);
  if (!state.found || state.fromSeconds >= endSeconds) return stall;
  const { fromSeconds, toSeconds } = state;
  return {
    layers: [band('steady', fromSeconds, Math.min(toSeconds, endSeconds), { color: neutralColor, opacity: 0.14 }), ...stall.layers],
    notes: [`Shaded: the steady part, ${threeDigits(fromSeconds)} s to ${threeDigits(toSeconds)} s (MSER-5).`, ...stall.notes],
  };
}

function band(name: 'steady' | 'stall', fromSeconds: number, toSeconds: number, paint: SpecPart): SpecPart {
  const [from, to] = [`${name}From`, `${name}To`];
  return {
    data: { values: [{ [from]: digits(fromSeconds), [to]: digits(toSeconds) }] },
    mark: { type: 'rect', clip: true, ...paint },
    encoding: {
      x: { field: from, type: 'quantitative' },
      x2: { field: to },
      tooltip: [
        { field: from, type: 'quantitative', title: `${name} from (s)`, format: ',.2~f' },
        { field: to, type: 'quantitative', title: 'to (s)', format: ',.2~f' },
      ],
    },
  };
}
