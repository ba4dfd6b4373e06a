/** A moment of a task: one of its own, or when its run was due. */
export type PhaseTime = 'dueMs' | 'createdMs' | 'dispatchedMs' | 'startedMs' | 'finishedMs';

/** A stretch of a task's life, from one of its times to another. */
export interface Phase {
  readonly name: 'wait' | 'dispatch' | 'execution' | 'latency' | 'due';
  /** What tables and plots call it. */
  readonly title: string;
  readonly from: PhaseTime;
  readonly to: PhaseTime;
}

export type PhaseName = Phase['name'];

/**
 * The phases that are measured, in the order of tables and plots.
 *
 * `latency` is the whole as the engine sees it; `due` is the whole as the one sees it who wanted the run at that time: the time that it
 * waited to be submitted counts.
 */
export const phases: readonly Phase[] = [
  { name: 'wait', title: 'wait', from: 'createdMs', to: 'dispatchedMs' },
  { name: 'dispatch', title: 'dispatch', from: 'dispatchedMs', to: 'startedMs' },
  { name: 'execution', title: 'execution', from: 'startedMs', to: 'finishedMs' },
  { name: 'latency', title: 'latency', from: 'createdMs', to: 'finishedMs' },
  { name: 'due', title: 'latency from due', from: 'dueMs', to: 'finishedMs' },
];

/** The phase of that name. */
export function phaseOf(name: PhaseName): Phase {
  const phase = phases.find((candidate) => candidate.name === name);
  if (phase === undefined) throw new RangeError(`phase: expected one of ${phases.map((known) => known.name).join(', ')}, got "${name}"`);
  return phase;
}
