import type { Experiment } from '../results/experiment.ts';
import { arrival } from './arrival.ts';
import { offeredTasksPerSecond } from './backlog.ts';
import { type BorderEvidence, type Side, type Sides, changesAt, noEvidence } from './border-changes.ts';
import { numberColumn, textColumn } from './columns.ts';
import { loadSpan } from './load-span.ts';
import type { Border } from './regime-borders.ts';
import type { RegimeWindows } from './regime-windows.ts';
import { longestStall } from './stall.ts';
import { runSizes } from './run-sizes.ts';

/** So close, in windows, is what may have to do with a border; and so many windows on either side are compared. */
const nearWindows = 2;
const nearSeconds = 1;
const sideWindows = 30;

const leastLoadRatio = 1.25;

/**
 * What happened close to a border, and what was another before and after it, the most telling first: evidence, not proof.
 *
 * Close is two windows and a second. Before and after are up to 30 windows of the regimes next to it, without the window at the border. What was done
 * (the load, faults), what Postgres did by itself, other programs and processes that came or went weigh most; statements by how much their
 * mean time changed and what share of all statements' time they have.
 */
export function evidenceAt(
  experiment: Experiment,
  windows: RegimeWindows,
  border: Border,
  regime: readonly [start: number, end: number],
): readonly BorderEvidence[] {
  const { edgesMs, windowSeconds } = windows;
  const at = (window: number): number => edgesMs[window] as number;
  const sides: Sides = {
    borderMs: at(border.window),
    nearMs: 1000 * (nearWindows * windowSeconds + nearSeconds),
    windowMs: 1000 * windowSeconds,
    before: { fromMs: at(Math.max(regime[0], border.window - sideWindows)), toMs: at(border.window - 1) },
    after: { fromMs: at(border.window + 1), toMs: at(Math.min(regime[1], border.window + sideWindows)) },
    originMs: loadSpan(experiment).originMs,
  };
  return [
    ...loadChanges(experiment, sides),
    ...stallNear(experiment, sides),
    ...eventsNear(experiment, sides),
    ...changesAt(experiment, border, sides),
  ].toSorted((one, other) => other.weight - one.weight);
}

/** From 1 within a window of the border, which is known no better, to 0 where it is close no more. */
function closeness(ms: number, { borderMs, nearMs, windowMs }: Sides): number {
  return Math.min(1, Math.max(0, (nearMs - Math.abs(ms - borderMs)) / (nearMs - windowMs)));
}

function loadChanges(experiment: Experiment, sides: Sides): readonly BorderEvidence[] {
  const { lastAcknowledgedMs } = loadSpan(experiment);
  const found: BorderEvidence[] = [];
  const { kind } = arrival(experiment);
  const close = closeness(lastAcknowledgedMs, sides);
  if (kind === 'burst' && close > 0) {
    found.push({
      ...noEvidence,
      kind: 'load',
      subject: 'submitted',
      atSeconds: (lastAcknowledgedMs - sides.originMs) / 1000,
      weight: 90 + 10 * close,
    });
  }
  if (kind === 'open') {
    const { mean: tasksPerRun } = runSizes(experiment);
    const loadOf = ({ fromMs, toMs }: Side): { readonly rate: number; readonly runs: number } => {
      const rate = offeredTasksPerSecond(experiment, fromMs, toMs);
      return { rate, runs: Math.max(1, ((rate / tasksPerRun) * (toMs - fromMs)) / 1000) };
    };
    const [before, after] = [loadOf(sides.before), loadOf(sides.after)];
    // Three standard deviations of the two counts: runs that come by chance do not come evenly.
    const chanceRatio = 1 + 3 * Math.sqrt(1 / before.runs + 1 / after.runs);
    const ratio = Math.max(before.rate, after.rate) / Math.min(before.rate, after.rate);
    if (ratio >= Math.max(leastLoadRatio, chanceRatio))
      found.push({ ...noEvidence, kind: 'load', subject: 'offered', before: before.rate, after: after.rate, weight: 95 });
  }
  return found;
}

function stallNear(experiment: Experiment, sides: Sides): readonly BorderEvidence[] {
  const stall = longestStall(experiment);
  if (!stall) return [];
  const ends = [stall.fromSeconds, stall.toSeconds].map((seconds) => closeness(sides.originMs + 1000 * seconds, sides));
  const close = Math.max(...ends);
  if (close === 0) return [];
  const hasBegun = ends[0] === close;
  return [
    {
      ...noEvidence,
      kind: 'stall',
      subject: hasBegun ? 'began' : 'ended',
      atSeconds: hasBegun ? stall.fromSeconds : stall.toSeconds,
      weight: 70 + 10 * close,
    },
  ];
}

/** One that follows the border by more than a second or so can hardly have made it. */
const lateWeight = 0.5;
const lateMs = 1500;

function eventsNear(experiment: Experiment, sides: Sides): readonly BorderEvidence[] {
  const { events } = experiment;
  const [beganMs, endedMs] = [numberColumn(events, 'beganMs'), numberColumn(events, 'endedMs')];
  const [kinds, subjects, details] = [textColumn(events, 'kind'), textColumn(events, 'subject'), textColumn(events, 'detail')];
  return kinds.flatMap((kind, row): BorderEvidence[] => {
    // Statistics change plans when they are there; a vacuum has made room, and other events may matter from their beginning on.
    const moments = isMaintenance(kind) ? [endedMs[row] as number] : [beganMs[row] as number, endedMs[row] as number];
    const nearest = moments
      .filter((ms) => closeness(ms, sides) > 0)
      .toSorted((one, other) => closeness(other, sides) - closeness(one, sides))[0];
    if (nearest === undefined) return [];
    const isLate = nearest > sides.borderMs + lateMs;
    const tookMs = (endedMs[row] as number) - (beganMs[row] as number);
    const size = (subjects[row] ?? '').startsWith('pg_') ? catalogWeight : tookMs < briefMs && kind in eventWeights ? briefWeight : 1;
    const weight = (eventWeights[kind] ?? doneWeight) * (0.5 + 0.5 * closeness(nearest, sides)) * size * (isLate ? lateWeight : 1);
    const isEnd = nearest === endedMs[row] && moments.length > 1;
    const words = [isEnd ? 'ended' : moments.length > 1 ? 'began' : '', details[row] ?? ''].filter((word) => word !== '').join('; ');
    return [
      {
        ...noEvidence,
        kind: 'event',
        subject: [kind, subjects[row]].filter(Boolean).join(' of '),
        atSeconds: (nearest - sides.originMs) / 1000,
        detail: words,
        weight,
      },
    ];
  });
}

/** Of Postgres' own tables, and of tables so small that it took next to no time, little comes. */
const catalogWeight = 0.3;
const briefMs = 20;
const briefWeight = 0.6;
/** What Postgres does by itself; what is done to the experiment counts for more. */
const eventWeights: Readonly<Record<string, number>> = { autoanalyze: 85, analyze: 85, autovacuum: 80, vacuum: 80, checkpoint: 75 };
const doneWeight = 95;

function isMaintenance(kind: string): boolean {
  return ['autovacuum', 'autoanalyze', 'vacuum', 'analyze'].includes(kind);
}
