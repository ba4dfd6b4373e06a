import { table } from 'arquero';
import type { Experiment } from '../results/experiment.ts';
import type { BorderEvidence } from './border-changes.ts';
import { evidenceAt } from './border-evidence.ts';
import { damageOf } from './damage.ts';
import { distribution } from './distribution.ts';
import type { FigureTable } from './figure-tables.ts';
import { frameOf } from './frame.ts';
import { type JudgedSpan, type LimitEvidence, limitEvidenceIn } from './limit-evidence.ts';
import type { LimitedBy } from './limit-rules.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';
import { type SeriesChange, endLevels, findBorders, leastWindows } from './regime-borders.ts';
import { borderWords, regimesSentence } from './regime-words.ts';
import { regimeWindows } from './regime-windows.ts';
import { chosenOf } from './number-pieces.ts';
import { phasePieces } from './task-phases.ts';
import { timesInDoubt } from './times-in-doubt.ts';
import { limitOf } from './verdict.ts';
import { waitsOf } from './waits.ts';

/** A part of an experiment in which it went the same way throughout. Seconds are since the first submission; NaN: not known. */
export interface Regime {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly tasksPerSecond: number;
  /** The same of its first windows and of its last. */
  readonly tasksPerSecondFirst: number;
  readonly tasksPerSecondLast: number;
  readonly responseP50Seconds: number;
  readonly responseP99Seconds: number;
  /** Who limited it then, in the words of a verdict. */
  readonly limitedBy: LimitedBy;
  readonly sentence: string;
  readonly evidence: LimitEvidence;
  /** What most connections waited for inside Postgres, and how many; empty for nothing. */
  readonly wait: string;
  readonly waitingConnections: number;
}

/** Where a regime began, what changed there, and what happened close to it. */
export interface RegimeBorder {
  readonly atSeconds: number;
  readonly changes: readonly SeriesChange[];
  /** The most telling first: evidence, not proof. */
  readonly evidence: readonly BorderEvidence[];
}

/** The regimes of an experiment and the borders between them (one less); or why none are told apart. */
export type Regimes =
  | {
      readonly found: true;
      readonly method: string;
      readonly windowSeconds: number;
      readonly regimes: readonly Regime[];
      readonly borders: readonly RegimeBorder[];
      /** All of it in one sentence. */
      readonly sentence: string;
    }
  | { readonly found: false; readonly method: string; readonly reason: string };

const method =
  'PELT (Killick, Fearnhead and Eckley 2012) on normal scores of throughput, response time, CPU by role and waits, by windows; borders that are close are one';

/**
 * Tells apart the regimes of an experiment: where its throughput, response time, CPU or waits changed for good, what each regime did, who limited it, and
 * what happened close to the borders between them.
 *
 * The start up to the first finished task and what comes after the last due run (in a burst: after the last task started) are in none. There are none where
 * nothing changed enough, in experiments of fewer than 20 windows of 1 s (wider for slow tasks), and where the times are in doubt.
 */
export const regimes = perExperiment((experiment: Experiment): Regimes => {
  const none = (reason: string): Regimes => ({ found: false, method, reason });
  if (damageOf(experiment)) return none('the results are damaged');
  if (frameOf(experiment).measured.length === 0) return none('no task finished after the warm-up');
  if (timesInDoubt(experiment)) return none("the engine's times of ends are not when tasks ended");
  const { arrival } = experiment.manifest.config;
  if (typeof arrival === 'object' && 'ramp' in arrival) return none('the config changes the rate all along (a ramp)');
  const windows = regimeWindows(experiment);
  const { edgesMs, windowSeconds } = windows;
  const count = edgesMs.length - 1;
  if (count < leastWindows) return none(`too short to tell: ${count} windows of ${windowSeconds} s, of at least ${leastWindows}`);
  const borders = findBorders(windows);
  if (borders.length === 0) return none(`nothing changed enough for long enough, in ${count} windows of ${windowSeconds} s`);

  const { originMs } = loadSpan(experiment);
  const places = [0, ...borders.map(({ window }) => window), count];
  const parts = places.slice(1).map((end, index) => {
    const start = places[index] as number;
    const [tasksPerSecondFirst, tasksPerSecondLast] = endLevels((windows.series[0]?.values ?? new Float64Array(0)).slice(start, end));
    const regime = regimeOf(experiment, { fromMs: edgesMs[start] as number, toMs: edgesMs[end] as number });
    return { ...regime, tasksPerSecondFirst, tasksPerSecondLast };
  });
  const found = borders.map((border, index) => ({
    atSeconds: ((edgesMs[border.window] as number) - originMs) / 1000,
    changes: border.changes,
    evidence: evidenceAt(experiment, windows, border, [places[index] as number, places[index + 2] as number]),
  }));
  return { found: true, method, windowSeconds, regimes: parts, borders: found, sentence: regimesSentence(parts, found) };
});

function regimeOf(experiment: Experiment, span: JudgedSpan): Omit<Regime, 'tasksPerSecondFirst' | 'tasksPerSecondLast'> {
  const { originMs } = loadSpan(experiment);
  const { tasks, measured } = frameOf(experiment);
  const inSpan = chosenOf(phasePieces(experiment, 'response'), (index) => {
    const ms = tasks.finishedMs[measured[index] as number] as number;
    return ms >= span.fromMs && ms < span.toMs;
  });
  const { p50, p99 } = distribution(inSpan);
  const evidence = limitEvidenceIn(experiment, span);
  const [fromSeconds, toSeconds] = [(span.fromMs - originMs) / 1000, (span.toMs - originMs) / 1000];
  return {
    fromSeconds,
    toSeconds,
    tasksPerSecond: evidence.doneTasksPerSecond,
    responseP50Seconds: p50,
    responseP99Seconds: p99,
    ...limitOf(evidence),
    evidence,
    wait: evidence.databaseWaitEvent,
    waitingConnections: connectionsThatWait(experiment, evidence.databaseWaitEvent, fromSeconds, toSeconds),
  };
}

function connectionsThatWait(experiment: Experiment, wait: string, fromSeconds: number, toSeconds: number): number {
  const waits = waitsOf(experiment, { fromSeconds, toSeconds }).objects({ limit: Infinity });
  return waits.reduce((sum, row) => sum + (row.wait === wait ? row.connections : 0), 0);
}

/**
 * The regimes of an experiment, one row each; no rows where none are told apart (`summarize(experiment).regimes` says why).
 *
 * Columns: fromSeconds, toSeconds (since the first submission), tasksPerSecond, responseP50Seconds, responseP99Seconds, CPU in cores
 * (schedulerCpuRatio of all schedulers together, workersCpuRatio, postgresCpuRatio, hostBusyRatio of all cores), waitingConnections and wait (the most
 * frequent), limitedBy, verdict, and border: what happened where it began, the most telling first; evidence, not proof.
 */
export function regimesOf(experiment: Experiment): FigureTable<'regimesOf'> {
  const all = regimes(experiment);
  const rows = all.found ? all.regimes : [];
  const borders = all.found ? all.borders : [];
  const column = (pick: (regime: Regime) => number): Float64Array => Float64Array.from(rows, pick);
  return table({
    fromSeconds: column(({ fromSeconds }) => fromSeconds),
    toSeconds: column(({ toSeconds }) => toSeconds),
    tasksPerSecond: column(({ tasksPerSecond }) => tasksPerSecond),
    responseP50Seconds: column(({ responseP50Seconds }) => responseP50Seconds),
    responseP99Seconds: column(({ responseP99Seconds }) => responseP99Seconds),
    schedulerCpuRatio: column(({ evidence }) => evidence.schedulerCpuRatio * evidence.schedulerProcesses),
    workersCpuRatio: column(({ evidence }) => evidence.workersCpuRatio),
    postgresCpuRatio: column(({ evidence }) => evidence.postgresCpuRatio),
    hostBusyRatio: column(({ evidence }) => evidence.hostBusyRatio),
    waitingConnections: column(({ waitingConnections }) => waitingConnections),
    wait: rows.map(({ wait }) => wait),
    limitedBy: rows.map(({ limitedBy }) => limitedBy),
    verdict: rows.map(({ sentence }) => sentence),
    border: rows.map((_, index) => {
      const border = borders[index - 1];
      return border ? borderWords(border).join('; ') : '';
    }),
  }) as FigureTable<'regimesOf'>;
}
