import type { Experiment } from '../results/experiment.ts';
import { flagColumn, numberColumn } from './columns.ts';

/** What the driver knows of the run of each task, by the run's index; unknown runs have no entry. */
export interface RunFacts {
  readonly dueMs: (runIndex: number) => number;
  /** From when its response time counts: when it was due, in a closed loop, where a run is due when another ends, when it was sent. */
  readonly wantedMs: (runIndex: number) => number;
  readonly acknowledgedMs: (runIndex: number) => number;
  /** Due in the warm-up: in no figure but the ledger. */
  readonly isWarmUp: (runIndex: number) => boolean;
}

const known = new WeakMap<Experiment, RunFacts>();

/** When each run was due, and which belong to the warm-up. Results of before there was one have none. */
export function runFacts(experiment: Experiment): RunFacts {
  let facts = known.get(experiment);
  if (facts === undefined) known.set(experiment, (facts = readFacts(experiment)));
  return facts;
}

function readFacts({ runs, manifest }: Experiment): RunFacts {
  const indexes = numberColumn(runs, 'runIndex');
  const due = numberColumn(runs, 'dueMs');
  const { arrival } = manifest.config;
  const wanted = typeof arrival === 'object' && 'closed' in arrival ? numberColumn(runs, 'sentMs') : due;
  const acknowledged = numberColumn(runs, 'acknowledgedMs');
  const warmUp = flagColumn(runs, 'warmUp');
  const rowOf = new Map<number, number>();
  for (const [row, index] of indexes.entries()) rowOf.set(index, row);
  const row = (runIndex: number): number => rowOf.get(runIndex) ?? -1;
  return {
    dueMs: (runIndex) => due[row(runIndex)] ?? Number.NaN,
    wantedMs: (runIndex) => wanted[row(runIndex)] ?? Number.NaN,
    acknowledgedMs: (runIndex) => acknowledged[row(runIndex)] ?? Number.NaN,
    isWarmUp: (runIndex) => warmUp[row(runIndex)] === 1,
  };
}
