import { BitSet, type ColumnTable } from 'arquero';
import { type ThresholdWindow, ThresholdError } from '../config/threshold.ts';
import type { Experiment } from '../results/experiment.ts';
import type { Figure } from './figures.ts';
import { frameOf, submittedCode } from './frame.ts';
import { loadSpan } from './load-span.ts';
import { perExperimentAnd } from './per-experiment.ts';

/** Figures that are of an experiment as a whole. */
const wholeOnly =
  /^(?:duration|bystander.*|steady\..*|ceiling\..*|tasks\.ghosts|idle\..*|tables\..*|history\..*|backlog\..*|.*\.idle[A-Z].*)$/;

/**
 * A figure of a part of an experiment, in seconds since the first submission (that counts): of a time, of the lag and of the counts of runs and
 * tasks it is of the runs that were due in the part, whenever their tasks ended; of a rate, of what was sent or finished in the part, over its
 * length as far as the experiment lasted; of the processes, of what was sampled in it. A part holds its begin, not its end.
 *
 * NaN where there was nothing in it. Throws a ThresholdError for a figure that is of an experiment as a whole.
 */
export function figureOfPart(figure: Figure, window: ThresholdWindow): Figure {
  if (wholeOnly.test(figure.name)) throw new ThresholdError(`no window: ${figure.name} is of the whole experiment`, windowWords(window));
  const ofRate = Object.hasOwn(rates, figure.name) ? rates[figure.name] : undefined;
  return { ...figure, value: (experiment) => (ofRate ? ofRate(experiment, window) : figure.value(partOf(experiment, window))) };
}

/** For instance `10 s to 60 s`. */
export function windowWords({ fromSeconds = 0, toSeconds }: ThresholdWindow): string {
  return toSeconds === undefined ? `from ${fromSeconds} s on` : `${fromSeconds} s to ${toSeconds} s`;
}

const rates: Readonly<Record<string, (experiment: Experiment, window: ThresholdWindow) => number>> = {
  'throughput.tasksPerSecond': (experiment, window) => {
    const { tasks, measured } = frameOf(experiment);
    return rate(experiment, window, (isIn) =>
      count(measured.length, (index) => isIn(tasks.finishedMs[measured[index] as number] as number)),
    );
  },
  'throughput.runsPerSecond': (experiment, window) => {
    const { runs } = frameOf(experiment);
    return rate(experiment, window, (isIn) =>
      count(runs.count, (row) => runs.warmUp[row] === 0 && runs.status[row] === submittedCode && isIn(runs.sentMs[row] as number)),
    );
  },
};

function rate(experiment: Experiment, window: ThresholdWindow, countIn: (isIn: (ms: number) => boolean) => number): number {
  const { fromMs, toMs } = momentsOf(experiment, window);
  const endMs = Math.min(toMs, loadSpan(experiment).endMs);
  if (!(endMs > fromMs)) return Number.NaN;
  return countIn((ms) => ms >= fromMs && ms < toMs) / ((endMs - fromMs) / 1000);
}

function momentsOf(experiment: Experiment, { fromSeconds = 0, toSeconds = Infinity }: ThresholdWindow): { fromMs: number; toMs: number } {
  const { originMs } = loadSpan(experiment);
  return { fromMs: originMs + fromSeconds * 1000, toMs: originMs + toSeconds * 1000 };
}

/** The runs that were due in a part, their tasks, and the time of the part, as if that were all. */
function partOf(experiment: Experiment, { fromSeconds = 0, toSeconds = Infinity }: ThresholdWindow): Experiment {
  return partBetween(experiment, `${fromSeconds} ${toSeconds}`);
}

const partBetween = perExperimentAnd((experiment: Experiment, key: string): Experiment => {
  const [fromSeconds = 0, toSeconds = Infinity] = key.split(' ').map(Number);
  const { fromMs, toMs } = momentsOf(experiment, { fromSeconds, toSeconds });
  const { runs, tasks } = frameOf(experiment);
  // A run whose turn never came has no due time, in a closed loop.
  const isIn = (row: number): boolean =>
    runs.warmUp[row] === 0 && (runs.dueMs[row] as number) >= fromMs && (runs.dueMs[row] as number) < toMs;
  const { ledger: _ledger, unsentRuns: _unsent, ...manifest } = experiment.manifest;
  const { idleEndedMs: _idle, schedulerReadyMs = -Infinity, drainedMs = Infinity, ...rest } = manifest.times;
  const times = { ...rest, schedulerReadyMs: Math.max(schedulerReadyMs, fromMs), drainedMs: Math.min(drainedMs, toMs) };
  return Object.create(experiment, {
    manifest: { value: { ...manifest, times } },
    runs: { value: rowsOf(experiment.runs, isIn) },
    tasks: { value: rowsOf(experiment.tasks, (row) => tasks.run[row] !== -1 && isIn(tasks.run[row] as number)) },
  }) as Experiment;
});

function rowsOf(table: ColumnTable, isIn: (row: number) => boolean): ColumnTable {
  const rows = new BitSet(table.totalRows());
  for (let row = 0; row < table.totalRows(); row++) if (isIn(row)) rows.set(row);
  return table.create({ filter: rows });
}

function count(length: number, matches: (index: number) => boolean): number {
  let found = 0;
  for (let index = 0; index < length; index++) if (matches(index)) found++;
  return found;
}
