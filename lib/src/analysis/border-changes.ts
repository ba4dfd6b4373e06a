import type { Experiment } from '../results/experiment.ts';
import { numberColumn } from './columns.ts';
import { waitRows } from './database-waits.ts';
import type { Border } from './regime-borders.ts';
import { furtherRoles, roleSeries } from './role-series.ts';
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

export const noEvidence = { atSeconds: Number.NaN, before: Number.NaN, after: Number.NaN, detail: '' };

export interface Side {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is compared, around one border. */
export interface Sides {
  readonly borderMs: number;
  readonly nearMs: number;
  readonly windowMs: number;
  readonly before: Side;
  readonly after: Side;
  readonly originMs: number;
}

const leastStatementShare = 0.05;
const leastStatementRatio = 1.5;
const leastConnections = 1;
const leastCores = 0.2;
const leastBytes = 50e6;
const leastBytesRatio = 1.2;
const leastTuples = 1000;
const leastTuplesRatio = 2;

/** What was another before and after a border: processes, statements, waits, CPU, memory, dead tuples. */
export function changesAt(experiment: Experiment, border: Border, sides: Sides): readonly BorderEvidence[] {
  return [
    ...processChanges(experiment, sides),
    ...statementChanges(experiment, sides),
    ...waitChanges(experiment, sides),
    ...cpuChanges(border),
    ...memoryChanges(experiment, sides),
    ...tupleChanges(experiment, sides),
  ];
}

/** From 0 where nothing changed to 1 for tenfold and more. */
function magnitude(before: number, after: number): number {
  return Math.min(1, Math.abs(Math.log10(after / before)));
}

/** A scheduler, or a process of a role of the target's own, that came or went. */
function processChanges(experiment: Experiment, sides: Sides): readonly BorderEvidence[] {
  return ['scheduler', ...furtherRoles(experiment)].flatMap((role): BorderEvidence[] => {
    const { atMs, processCount } = roleSeries(experiment, role);
    const [before, after] = [meanIn(atMs, processCount, sides.before), meanIn(atMs, processCount, sides.after)];
    return Math.abs(after - before) >= 0.9 ? [{ ...noEvidence, kind: 'processes', subject: role, before, after, weight: 75 }] : [];
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
        ...noEvidence,
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
    return [{ ...noEvidence, kind: 'waits', subject, before: was, after: is, weight: 40 * magnitude(was + 1, is + 1) }];
  });
}

/** Those of which a change was found. */
function cpuChanges({ changes }: Border): readonly BorderEvidence[] {
  return changes.flatMap(({ kind, subject, before, after }): BorderEvidence[] => {
    if (kind !== 'CPU' || Math.abs(after - before) < leastCores) return [];
    const isOthers = subject === 'other programs';
    const weight = (isOthers ? 80 : 30) * magnitude(before + leastCores, after + leastCores);
    return [
      { ...noEvidence, kind: isOthers ? 'other programs' : 'CPU', subject, before: Math.max(0, before), after: Math.max(0, after), weight },
    ];
  });
}

/** Not of Postgres: its processes share most of theirs, which the resident sizes count in each. */
function memoryChanges(experiment: Experiment, { before, after }: Sides): readonly BorderEvidence[] {
  return ['scheduler', 'workers', ...furtherRoles(experiment)].flatMap((role): BorderEvidence[] => {
    const { atMs, rssBytes } = roleSeries(experiment, role);
    const [was, is] = [meanIn(atMs, rssBytes, before), meanIn(atMs, rssBytes, after)];
    const isLarge = Math.abs(is - was) >= leastBytes && Math.max(is / was, was / is) >= leastBytesRatio;
    return isLarge ? [{ ...noEvidence, kind: 'memory', subject: role, before: was, after: is, weight: 15 * magnitude(was, is) }] : [];
  });
}

function tupleChanges({ postgres }: Experiment, { before, after }: Sides): readonly BorderEvidence[] {
  if (!postgres.columnNames().includes('deadTuples')) return [];
  const [atMs, tuples] = [numberColumn(postgres, 'atMs'), numberColumn(postgres, 'deadTuples')];
  const [was, is] = [meanIn(atMs, tuples, before), meanIn(atMs, tuples, after)];
  const isLarge = Math.abs(is - was) >= leastTuples && Math.max(is / was, was / is) >= leastTuplesRatio;
  // That they become more is what updates do; that they become fewer, somebody did.
  return isLarge
    ? [
        {
          ...noEvidence,
          kind: 'dead tuples',
          subject: '',
          before: was,
          after: is,
          weight: (is < was ? 40 : 10) * magnitude(was + 1, is + 1),
        },
      ]
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
