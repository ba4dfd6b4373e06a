import type { Experiment } from '../results/experiment.ts';
import { arrival } from './arrival.ts';
import { offeredTasksPerSecond } from './backlog.ts';
import { numberColumn, textColumn } from './columns.ts';
import { waitRows } from './database-waits.ts';
import { loadSpan } from './load-span.ts';
import type { Border } from './regime-borders.ts';
import type { RegimeWindows } from './regime-windows.ts';
import { furtherRoles, roleSeries } from './role-series.ts';
import { longestStall } from './stall.ts';
import { type StatementTotals, statementName, statementsBetween } from './statements.ts';
import { waitName } from './wait-meanings.ts';

/** Something that was done or happened close to a border, or that was another on both sides of it. NaN: does not apply, or not known. */
export interface BorderEvidence {
  readonly kind: 'load' | 'stall' | 'event' | 'other programs' | 'processes' | 'statement' | 'waits' | 'CPU' | 'memory' | 'dead tuples';
  /** What it is of: a table, a statement's name, a wait, a role; of the load: `submitted` (all runs had been) or `offered`. */
  readonly subject: string;
  /** When it happened, since the first submission. */
  readonly atSeconds: number;
  /** How it was before and after: seconds a call, blocks a call, connections, cores, bytes, tuples, tasks a second, processes. */
  readonly before: number;
  readonly after: number;
  /** More of it, in words; empty for none. */
  readonly detail: string;
  /** From 0 to 100: how much it tells, by how close it was or how much it changed. */
  readonly weight: number;
}

/** So close, in windows, is what may have to do with a border; and so many windows on either side are compared. */
const nearWindows = 2;
const nearSeconds = 1;
const sideWindows = 30;

const leastStatementShare = 0.05;
const leastStatementRatio = 1.5;
const leastConnections = 1;
const leastCores = 0.2;
const leastBytes = 50e6;
const leastBytesRatio = 1.2;
const leastTuples = 1000;
const leastTuplesRatio = 2;
const leastLoadRatio = 1.25;

interface Side {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is compared, around one border. */
interface Sides {
  readonly borderMs: number;
  readonly nearMs: number;
  readonly windowMs: number;
  readonly before: Side;
  readonly after: Side;
  readonly originMs: number;
}

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
    ...processChanges(experiment, sides),
    ...statementChanges(experiment, sides),
    ...waitChanges(experiment, sides),
    ...cpuChanges(border),
    ...memoryChanges(experiment, sides),
    ...tupleChanges(experiment, sides),
  ].toSorted((one, other) => other.weight - one.weight);
}

const none = { atSeconds: Number.NaN, before: Number.NaN, after: Number.NaN, detail: '' };

/** From 1 within a window of the border, which is known no better, to 0 where it is close no more. */
function closeness(ms: number, { borderMs, nearMs, windowMs }: Sides): number {
  return Math.min(1, Math.max(0, (nearMs - Math.abs(ms - borderMs)) / (nearMs - windowMs)));
}

/** From 0 where nothing changed to 1 for tenfold and more. */
function magnitude(before: number, after: number): number {
  return Math.min(1, Math.abs(Math.log10(after / before)));
}

function loadChanges(experiment: Experiment, sides: Sides): readonly BorderEvidence[] {
  const { lastAcknowledgedMs } = loadSpan(experiment);
  const found: BorderEvidence[] = [];
  const { kind } = arrival(experiment);
  const close = closeness(lastAcknowledgedMs, sides);
  if (kind === 'burst' && close > 0) {
    found.push({
      ...none,
      kind: 'load',
      subject: 'submitted',
      atSeconds: (lastAcknowledgedMs - sides.originMs) / 1000,
      weight: 90 + 10 * close,
    });
  }
  if (kind === 'open') {
    const [before, after] = [sides.before, sides.after].map(({ fromMs, toMs }) => offeredTasksPerSecond(experiment, fromMs, toMs)) as [
      number,
      number,
    ];
    const { tasks_per_workflow: tasksPerRun } = experiment.manifest.config;
    const runs = [before, after].map(
      (rate, side) =>
        (rate / tasksPerRun) * ((side === 0 ? sides.before.toMs - sides.before.fromMs : sides.after.toMs - sides.after.fromMs) / 1000),
    );
    // Three standard deviations of the two counts: runs that come by chance do not come evenly.
    const chanceRatio = 1 + 3 * Math.sqrt(1 / Math.max(1, runs[0] as number) + 1 / Math.max(1, runs[1] as number));
    const ratio = Math.max(before, after) / Math.min(before, after);
    if (ratio >= Math.max(leastLoadRatio, chanceRatio))
      found.push({ ...none, kind: 'load', subject: 'offered', before, after, weight: 95 });
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
      ...none,
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
    const size = (subjects[row] ?? '').startsWith('pg_') ? catalogWeight : tookMs < briefMs ? briefWeight : 1;
    const weight = (eventWeights[kind] ?? doneWeight) * (0.5 + 0.5 * closeness(nearest, sides)) * size * (isLate ? lateWeight : 1);
    const isEnd = nearest === endedMs[row] && moments.length > 1;
    const words = [isEnd ? 'ended' : moments.length > 1 ? 'began' : '', details[row] ?? ''].filter((word) => word !== '').join('; ');
    return [
      {
        ...none,
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

/** A scheduler, or a process of a role of the target's own, that came or went. */
function processChanges(experiment: Experiment, sides: Sides): readonly BorderEvidence[] {
  return ['scheduler', ...furtherRoles(experiment)].flatMap((role): BorderEvidence[] => {
    const { atMs, processCount } = roleSeries(experiment, role);
    const [before, after] = [meanIn(atMs, processCount, sides.before), meanIn(atMs, processCount, sides.after)];
    return Math.abs(after - before) >= 0.9 ? [{ ...none, kind: 'processes', subject: role, before, after, weight: 75 }] : [];
  });
}

function statementChanges(experiment: Experiment, { before, after, borderMs }: Sides): readonly BorderEvidence[] {
  // Up to the border itself: readings are some windows apart.
  const early = statementsBetween(experiment, before.fromMs, borderMs);
  const late = statementsBetween(experiment, borderMs, after.toMs);
  const totalOf = (all: readonly StatementTotals[]): number => all.reduce((sum, { totalSeconds }) => sum + totalSeconds, 0);
  const [earlyTotal, lateTotal] = [totalOf(early), totalOf(late)];
  return early.flatMap((was): BorderEvidence[] => {
    const is = late.find(({ query }) => query === was.query);
    if (!is) return [];
    const share = Math.max(was.totalSeconds / earlyTotal, is.totalSeconds / lateTotal);
    const ratio = Math.max(was.meanSeconds / is.meanSeconds, is.meanSeconds / was.meanSeconds);
    if (!(share >= leastStatementShare && ratio >= leastStatementRatio)) return [];
    const blocks = Math.max(is.meanBlocks / was.meanBlocks, was.meanBlocks / is.meanBlocks);
    // The same pages in another time: the machine was busier, or less so. Other pages: another plan, or other data.
    const work =
      blocks >= leastStatementRatio ? `it looked at ${amount(is.meanBlocks)} pages a call, before at ${amount(was.meanBlocks)}` : '';
    const weight = 60 * Math.min(1, Math.log10(ratio) / 2) * Math.sqrt(share) * (work === '' ? 0.7 : 1);
    return [
      {
        ...none,
        kind: 'statement',
        subject: statementName(was.query),
        before: was.meanSeconds,
        after: is.meanSeconds,
        detail: work,
        weight,
      },
    ];
  });
}

function amount(blocks: number): string {
  return blocks >= 10 ? Math.round(blocks).toLocaleString('en-US') : blocks.toPrecision(2);
}

function waitChanges(experiment: Experiment, { before, after }: Sides): readonly BorderEvidence[] {
  const rows = waitRows(experiment);
  // Those that ran are in the CPU of Postgres, where that was sampled.
  const isCpuKnown = roleSeries(experiment, 'postgres').atMs.length > 0;
  const readings = numberColumn(experiment.postgres, 'atMs');
  const meansIn = (side: Side): ReadonlyMap<string, number> => {
    const count = readings.filter((ms) => isIn(ms, side)).length;
    const sums = new Map<string, number>();
    for (let row = 0; row < rows.atMs.length; row++) {
      if (!isIn(rows.atMs[row] as number, side)) continue;
      const name = waitName(rows.types[row] ?? '', rows.events[row] ?? '', rows.subjects[row] ?? '');
      sums.set(name, (sums.get(name) ?? 0) + (rows.connections[row] as number) / count);
    }
    return sums;
  };
  const [early, late] = [meansIn(before), meansIn(after)];
  return [...new Set([...early.keys(), ...late.keys()])].flatMap((subject): BorderEvidence[] => {
    const [was, is] = [early.get(subject) ?? 0, late.get(subject) ?? 0];
    if (Math.abs(is - was) < leastConnections || (subject === 'on CPU' && isCpuKnown)) return [];
    return [{ ...none, kind: 'waits', subject, before: was, after: is, weight: 40 * magnitude(was + 1, is + 1) }];
  });
}

/** Those of which a change was found. */
function cpuChanges({ changes }: Border): readonly BorderEvidence[] {
  return changes.flatMap(({ kind, subject, before, after }): BorderEvidence[] => {
    if (kind !== 'CPU' || Math.abs(after - before) < leastCores) return [];
    const isOthers = subject === 'other programs';
    const weight = (isOthers ? 80 : 30) * magnitude(before + leastCores, after + leastCores);
    return [
      { ...none, kind: isOthers ? 'other programs' : 'CPU', subject, before: Math.max(0, before), after: Math.max(0, after), weight },
    ];
  });
}

function memoryChanges(experiment: Experiment, { before, after }: Sides): readonly BorderEvidence[] {
  return ['scheduler', 'workers', 'postgres', ...furtherRoles(experiment)].flatMap((role): BorderEvidence[] => {
    const { atMs, rssBytes } = roleSeries(experiment, role);
    const [was, is] = [meanIn(atMs, rssBytes, before), meanIn(atMs, rssBytes, after)];
    const isLarge = Math.abs(is - was) >= leastBytes && Math.max(is / was, was / is) >= leastBytesRatio;
    return isLarge ? [{ ...none, kind: 'memory', subject: role, before: was, after: is, weight: 15 * magnitude(was, is) }] : [];
  });
}

function tupleChanges({ postgres }: Experiment, { before, after }: Sides): readonly BorderEvidence[] {
  if (!postgres.columnNames().includes('deadTuples')) return [];
  const [atMs, tuples] = [numberColumn(postgres, 'atMs'), numberColumn(postgres, 'deadTuples')];
  const [was, is] = [meanIn(atMs, tuples, before), meanIn(atMs, tuples, after)];
  const isLarge = Math.abs(is - was) >= leastTuples && Math.max(is / was, was / is) >= leastTuplesRatio;
  // That they become more is what updates do; that they become fewer, somebody did.
  return isLarge
    ? [{ ...none, kind: 'dead tuples', subject: '', before: was, after: is, weight: (is < was ? 40 : 10) * magnitude(was + 1, is + 1) }]
    : [];
}

function isIn(ms: number, { fromMs, toMs }: Side): boolean {
  return ms >= fromMs && ms < toMs;
}

/** Of the known readings in a span; NaN when there are none. */
function meanIn(atMs: Float64Array, values: Float64Array, side: Side): number {
  let [sum, count] = [0, 0];
  for (let row = 0; row < atMs.length; row++) {
    const value = values[row] as number;
    if (!isIn(atMs[row] as number, side) || Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
