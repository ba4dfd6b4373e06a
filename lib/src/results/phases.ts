/** A moment of a task: one of its own, or when its run was wanted: when it was due, in a closed loop when it was sent. */
export type PhaseTime = 'wantedMs' | 'createdMs' | 'dispatchedMs' | 'startedMs' | 'finishedMs';

/** A stretch of a task's life, from one of its times to another. */
export interface Phase {
  readonly name: 'submission' | 'wait' | 'dispatch' | 'execution' | 'latency' | 'response';
  /** What tables and plots call it. */
  readonly title: string;
  readonly from: PhaseTime;
  readonly to: Exclude<PhaseTime, 'wantedMs'>;
}

export type PhaseName = Phase['name'];

/**
 * The phases that are measured, in the order of tables and plots.
 *
 * The first four follow each other and make up `response`, the whole as the one sees it who wanted the run: the time that it waited to be
 * submitted, and to become a task, counts. `latency` is the whole as the engine sees it; when that begins is each engine's own (target-profile.ts).
 */
export const phases: readonly Phase[] = [
  { name: 'submission', title: 'submission', from: 'wantedMs', to: 'createdMs' },
  { name: 'wait', title: 'wait', from: 'createdMs', to: 'dispatchedMs' },
  { name: 'dispatch', title: 'dispatch', from: 'dispatchedMs', to: 'startedMs' },
  { name: 'execution', title: 'execution', from: 'startedMs', to: 'finishedMs' },
  { name: 'latency', title: 'latency', from: 'createdMs', to: 'finishedMs' },
  { name: 'response', title: 'response time', from: 'wantedMs', to: 'finishedMs' },
];

/** What tables and plots call a moment. */
export const timeNames: Readonly<Record<PhaseTime, string>> = {
  wantedMs: 'due',
  createdMs: 'created',
  dispatchedMs: 'dispatched',
  startedMs: 'started',
  finishedMs: 'finished',
};

/** The phase of that name. */
export function phaseOf(name: PhaseName): Phase {
  const phase = phases.find((candidate) => candidate.name === name);
  if (phase === undefined) throw new RangeError(`phase: expected one of ${phases.map((known) => known.name).join(', ')}, got "${name}"`);
  return phase;
}
