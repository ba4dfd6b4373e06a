import { numberColumn, textColumn } from '../analysis/columns.ts';
import { plural, threeDigits } from '../analysis/format-figure.ts';
import { faultEvents, isFaultKind } from '../analysis/fault-events.ts';
import { type FaultFigures, faultLedger } from '../analysis/fault-ledger.ts';
import { loadSpan } from '../analysis/load-span.ts';
import { borderWords, changeWords } from '../analysis/regime-words.ts';
import { regimes } from '../analysis/regimes.ts';
import { type Stall, longestStall } from '../analysis/stall.ts';
import { steadyState } from '../analysis/steady-state.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Labelled } from './label-experiments.ts';
import type { SpecPart } from './plot-frame.ts';
import { markColor, neutralColor, stallColor } from './theme.ts';
import { digits } from './digits.ts';
import type { TimePanel } from './time-panel.ts';

/** What an experiment has to be marked with in a plot over seconds, and the words that say what the marks are. */
export interface TimeMarks {
  /** Under the first panel: bands over stretches. */
  readonly bands: readonly SpecPart[];
  /** Over the first panel: what happened, along its upper edge. */
  readonly events: readonly SpecPart[];
  /** Over every panel: where a regime begins. */
  readonly borders: readonly SpecPart[];
  readonly notes: readonly string[];
}

/** From where to where the axis of a plot goes, in seconds. What is beyond it is not drawn. */
export type TimeRange = readonly [fromSeconds: number, toSeconds: number];

const whole: TimeRange = [0, Infinity];

/** The stall of an experiment, the borders of its regimes and what happened meanwhile. */
export function timeMarks(experiment: Experiment, range = whole): TimeMarks {
  const stall = stallMark(experiment, range);
  const faults = faultMarks(experiment, range);
  const borders = regimeMarks(experiment, range);
  const events = eventMarks(experiment, range);
  const notes = [...faults.notes, ...stall.notes, ...borders.notes, ...events.notes];
  return { bands: stall.layers, events: events.layers, borders: [...faults.layers, ...borders.layers], notes };
}

/** The same, with the steady part of an experiment, if there is one. */
export function steadyAndTimeMarks(experiment: Experiment, range = whole): TimeMarks {
  const state = steadyState(experiment);
  const marks = timeMarks(experiment, range);
  const [, endSeconds] = range;
  if (!state.found || state.fromSeconds >= endSeconds) return marks;
  const { fromSeconds, toSeconds } = state;
  return {
    ...marks,
    bands: [band('steady', fromSeconds, Math.min(toSeconds, endSeconds), { color: neutralColor, opacity: 0.14 }), ...marks.bands],
    notes: [`Shaded: the steady part, ${threeDigits(fromSeconds)} s to ${threeDigits(toSeconds)} s (MSER-5).`, ...marks.notes],
  };
}

/** The panels of an experiment with its marks. */
export function markedPanels(panels: readonly TimePanel[], { bands, events, borders }: Omit<TimeMarks, 'notes'>): readonly TimePanel[] {
  return panels.map((panel, index) => ({
    ...panel,
    under: [...(panel.under ?? []), ...(index === 0 ? bands : [])],
    over: [...(panel.over ?? []), ...borders, ...(index === 0 ? events : [])],
  }));
}

/** What the marks of several experiments mean, a sentence each; of one alone what all of its are. */
export function markNotes(all: readonly Labelled[]): readonly string[] {
  const [only] = all;
  if (only && all.length === 1) return timeMarks(only.experiment).notes;
  return [
    ...stallNotes(all),
    ...(all.some(({ experiment }) => faultEvents(experiment).length > 0) ? ['Red line: a fault.'] : []),
    ...(all.some(({ experiment }) => regimes(experiment).found) ? ['Dotted: where a regime begins.'] : []),
    ...(all.some(({ experiment }) => eventMarks(experiment, whole).layers.length > 0) ? [eventWords] : []),
  ];
}

interface Marks {
  readonly layers: readonly SpecPart[];
  readonly notes: readonly string[];
}

const noMarks: Marks = { layers: [], notes: [] };

function stallMark(experiment: Experiment, [, endSeconds]: TimeRange): Marks {
  const stall = longestStall(experiment);
  // A band beyond the axis is none, and what draws PNGs ends the process at a clipped mark of which nothing is left.
  if (!stall || stall.fromSeconds >= endSeconds) return noMarks;
  const { fromSeconds, toSeconds } = stall;
  return {
    layers: [band('stall', fromSeconds, Math.min(toSeconds, endSeconds), { color: stallColor, opacity: 0.2 })],
    notes: [`Red band: a stall ${stallWords(stall)}`],
  };
}

/** More in one note are a list. */
const mostFaults = 5;

/** A line where each fault began, and where one lasted a band until it was over. */
function faultMarks(experiment: Experiment, [fromSeconds, toSeconds]: TimeRange): Marks {
  const { originMs } = loadSpan(experiment);
  const faults = faultLedger(experiment).filter(({ atSeconds }) => atSeconds >= fromSeconds && atSeconds < toSeconds);
  if (faults.length === 0) return noMarks;
  const values = faults.map((fault) => ({
    faultAt: digits(fault.atSeconds),
    faultTo: digits(Math.min(Math.max(fault.endedSeconds || fault.atSeconds, fault.atSeconds), toSeconds)),
    fault: `${fault.kind} ${fault.subject}`,
    cameOfIt: fault.sentence,
  }));
  const starts = startEvents(experiment, originMs).filter((atSeconds) => atSeconds >= fromSeconds && atSeconds < toSeconds);
  const tooltip = [
    { field: 'fault', type: 'nominal' },
    { field: 'faultAt', type: 'quantitative', title: 'at (s)', format: ',.2~f' },
    { field: 'cameOfIt', type: 'nominal', title: 'what came of it' },
  ];
  const x = { field: 'faultAt', type: 'quantitative' };
  const lasting = values.filter(({ faultAt, faultTo }) => (faultTo ?? 0) > (faultAt ?? 0));
  const names = faults.slice(0, mostFaults).map((fault) => faultMoment(fault));
  const more = faults.length > mostFaults ? `, and ${faults.length - mostFaults} more` : '';
  return {
    layers: [
      ...(lasting.length > 0
        ? [
            {
              data: { values: lasting },
              mark: { type: 'rect', clip: true, color: stallColor, opacity: 0.12 },
              encoding: { x, x2: { field: 'faultTo' }, tooltip },
            },
          ]
        : []),
      { data: { values }, mark: { type: 'rule', color: stallColor, strokeWidth: 1.5 }, encoding: { x, tooltip } },
      ...(starts.length > 0
        ? [
            {
              data: { values: starts.map((startedAt) => ({ startedAt: digits(startedAt) })) },
              mark: { type: 'rule', color: stallColor, strokeDash: [5, 3], strokeWidth: 1.5 },
              encoding: {
                x: { field: 'startedAt', type: 'quantitative' },
                tooltip: [{ field: 'startedAt', type: 'quantitative', title: 'scheduler started again (s)', format: ',.2~f' }],
              },
            },
          ]
        : []),
    ],
    notes: [
      `Red ${faults.length === 1 ? 'line' : 'lines'}: ${names.join(', ')}${more}${starts.length > 0 ? '; dashed: a scheduler was ready again' : ''}.`,
    ],
  };
}

/** What is done to the experiment has marks of its own. */
function isOfPostgres(kind: string): boolean {
  return !isFaultKind(kind) && kind !== 'start' && kind !== 'exit';
}

/** So long is a band, and no line. */
const leastBandSeconds = 0.2;

function faultMoment({ kind, subject, atSeconds, endedSeconds }: FaultFigures): string {
  const [from, to] = [threeDigits(atSeconds), threeDigits(endedSeconds)];
  return `${kind} ${subject} ${endedSeconds - atSeconds > leastBandSeconds ? `from ${from} s to ${to} s` : `at ${from} s`}`;
}

/** When schedulers that were started again were ready, seconds since the first submission. */
function startEvents({ events }: Experiment, originMs: number): readonly number[] {
  const endedMs = numberColumn(events, 'endedMs');
  return textColumn(events, 'kind').flatMap((kind, row) => (kind === 'start' ? [((endedMs[row] as number) - originMs) / 1000] : []));
}

function regimeMarks(experiment: Experiment, [fromSeconds, toSeconds]: TimeRange): Marks {
  const found = regimes(experiment);
  if (!found.found) return noMarks;
  const borders = found.borders.filter(({ atSeconds }) => atSeconds > fromSeconds && atSeconds < toSeconds);
  if (borders.length === 0) return noMarks;
  const values = borders.map((border) => ({
    regimeFrom: digits(border.atSeconds),
    changed: border.changes.map(changeWords).join(', '),
    happened: borderWords(border).slice(0, mostWords).join('; '),
  }));
  const layer = {
    data: { values },
    mark: { type: 'rule', color: markColor, strokeDash: [2, 3], strokeWidth: 1.5 },
    encoding: {
      x: { field: 'regimeFrom', type: 'quantitative' },
      tooltip: [
        { field: 'regimeFrom', type: 'quantitative', title: 'regime from (s)', format: ',.2~f' },
        { field: 'changed', type: 'nominal' },
        { field: 'happened', type: 'nominal', title: 'close to it' },
      ],
    },
  };
  const moments = borders.map(({ atSeconds }) => threeDigits(atSeconds)).join(', ');
  return { layers: [layer], notes: [`Dotted: where a regime begins (${moments} s).`] };
}

/** Of what happened close to a border, so much is in a tooltip. */
const mostWords = 3;
/** More events than this are a fringe: those that took longest are shown. */
const mostEvents = 60;
const eventWords = 'At the upper edge: vacuum and analyze (triangles), checkpoints (squares).';

function eventMarks(experiment: Experiment, [fromSeconds, toSeconds]: TimeRange): Marks {
  const { events } = experiment;
  const { originMs, endMs } = loadSpan(experiment);
  const lastSeconds = Math.min(toSeconds, (endMs - originMs) / 1000);
  const [began, ended] = ['beganMs', 'endedMs'].map((name) => numberColumn(events, name).map((ms) => (ms - originMs) / 1000)) as [
    Float64Array,
    Float64Array,
  ];
  const [kinds, subjects, details] = ['kind', 'subject', 'detail'].map((name) => textColumn(events, name));
  const shown = Array.from(began, (from, row) => {
    const to = ended[row] as number;
    const kind = kinds?.[row] ?? '';
    const tookSeconds = to - from;
    return {
      eventAt: digits(Number.isNaN(to) ? from : to),
      event: [kind, subjects?.[row]].filter(Boolean).join(' of '),
      tookSeconds: digits(tookSeconds),
      detail: details?.[row] ?? '',
      shape: kind === 'checkpoint' ? 'square' : 'triangle-down',
    };
  }).filter(({ eventAt }, row) => isOfPostgres(kinds?.[row] ?? '') && eventAt !== null && eventAt >= fromSeconds && eventAt <= lastSeconds);
  if (shown.length === 0) return noMarks;
  const values = shown.toSorted((one, other) => (other.tookSeconds ?? 0) - (one.tookSeconds ?? 0)).slice(0, mostEvents);
  const layer = {
    data: { values },
    mark: { type: 'point', filled: true, size: 45, color: markColor, opacity: 0.9 },
    encoding: {
      x: { field: 'eventAt', type: 'quantitative' },
      y: { value: 4 },
      shape: { field: 'shape', type: 'nominal', scale: null, legend: null },
      tooltip: [
        { field: 'event', type: 'nominal' },
        { field: 'eventAt', type: 'quantitative', title: 'ended (s)', format: ',.2~f' },
        { field: 'tookSeconds', type: 'quantitative', title: 'took (s)', format: ',.2~f' },
        { field: 'detail', type: 'nominal' },
      ],
    },
  };
  const some = values.length < shown.length ? [`The ${values.length} of ${shown.length} events that took longest.`] : [];
  return { layers: [layer], notes: [eventWords, ...some] };
}

function stallWords({ fromSeconds, toSeconds, waitingTasks }: Stall): string {
  return `from ${threeDigits(fromSeconds)} s to ${threeDigits(toSeconds)} s: nothing was dispatched, started or ended while ${plural(waitingTasks, 'task')} waited.`;
}

/** Which of several experiments stalled, a sentence each. */
export function stallNotes(all: readonly Labelled[]): readonly string[] {
  return all.flatMap(({ experiment, name }) => {
    const stall = longestStall(experiment);
    return stall ? [`A stall of ${name} ${stallWords(stall)}`] : [];
  });
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
