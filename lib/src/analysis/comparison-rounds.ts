import type { Experiment } from '../results/experiment.ts';

/** Which experiment of A belongs to which of B: by the rounds of their series, by the order in which they ran, or none to any. */
export type Pairing = 'auto' | 'rounds' | 'order' | 'none';

/** One experiment of each that were run beside each other; undefined where a round has none. */
export type Round = readonly [a: Experiment | undefined, b: Experiment | undefined];

/** What tells which round of which series an experiment was run in; undefined for one that belongs to none. */
export type RoundOf = (experiment: Experiment) => string | undefined;

export interface Rounds {
  readonly by: 'rounds' | 'order' | 'none';
  /** In the order of time; empty when they are not paired. */
  readonly rounds: readonly Round[];
  /** All of one before all of the other: whatever changed on the machine meanwhile is a difference between them. */
  readonly isOneAfterTheOther: boolean;
}

/**
 * Pairs the experiments of two groups. `auto`: by their series' rounds where all have one; else by order where each two that followed each
 * other are one of each (A B A B, A B B A); else not at all.
 *
 * Throws a RangeError where `rounds` was asked for and an experiment belongs to none or a round has two of one group, and where `order` was
 * and there are not as many of each.
 */
export function toRounds(a: readonly Experiment[], b: readonly Experiment[], pairing: Pairing, roundOf: RoundOf): Rounds {
  const inTime = [...a.map((experiment) => ({ experiment, isA: true })), ...b.map((experiment) => ({ experiment, isA: false }))].sort(
    (one, other) => one.experiment.manifest.times.startedMs - other.experiment.manifest.times.startedMs,
  );
  const changes = inTime.filter(({ isA }, index) => index > 0 && isA !== inTime[index - 1]!.isA).length;
  const isOneAfterTheOther = changes === 1 && inTime.length > 2;
  const pairs = Array.from({ length: Math.floor(inTime.length / 2) }, (_, pair) => inTime.slice(2 * pair, 2 * pair + 2));
  const alternates = a.length === b.length && a.length > 0 && pairs.every(([one, other]) => one!.isA !== other!.isA);
  const ofSeries = inTime.map(({ experiment }) => roundOf(experiment));
  const haveRounds = inTime.length > 0 && ofSeries.every((round) => round !== undefined);
  if (pairing === 'rounds' && !haveRounds) {
    const without = inTime.find((_, index) => ofSeries[index] === undefined)?.experiment.name ?? 'none';
    throw new RangeError(`comparison: expected experiments that each belong to a round of a series, got ${without}, which does not`);
  }
  if (pairing === 'order' && a.length !== b.length)
    throw new RangeError(`comparison: expected as many experiments of A as of B to pair them by order, got ${a.length} and ${b.length}`);
  if (pairing === 'none') return { by: 'none', rounds: [], isOneAfterTheOther };
  if (pairing === 'rounds' || (pairing === 'auto' && haveRounds && hasOneOfEach(inTime, ofSeries))) {
    const names = [...new Set(ofSeries)];
    const member = (name: string | undefined, ofA: boolean): Experiment | undefined => {
      const fitting = inTime.filter(({ isA }, index) => isA === ofA && ofSeries[index] === name);
      if (fitting.length > 1)
        throw new RangeError(`comparison: expected at most one experiment of each group in round ${name}, got ${fitting.length}`);
      return fitting[0]?.experiment;
    };
    return { by: 'rounds', rounds: names.map((name) => [member(name, true), member(name, false)]), isOneAfterTheOther };
  }
  if (pairing === 'auto' && !alternates) return { by: 'none', rounds: [], isOneAfterTheOther };
  const ofA = inTime.filter(({ isA }) => isA);
  const ofB = inTime.filter(({ isA }) => !isA);
  return { by: 'order', rounds: ofA.map(({ experiment }, index) => [experiment, ofB[index]!.experiment]), isOneAfterTheOther };
}

/** Whether most rounds have both: those of two different series have one each, and pair nothing. */
function hasOneOfEach(inTime: readonly { readonly isA: boolean }[], ofSeries: readonly (string | undefined)[]): boolean {
  const names = [...new Set(ofSeries)];
  const complete = names.filter((name) =>
    [true, false].every((ofA) => inTime.filter(({ isA }, index) => isA === ofA && ofSeries[index] === name).length === 1),
  );
  return complete.length * 2 > names.length;
}
