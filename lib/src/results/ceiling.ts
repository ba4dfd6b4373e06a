/** The figures that ceilings are of. */
export const ceilingFigures = ['throughput.tasksPerSecond', 'throughput.runsPerSecond'] as const;

/** A bound on a figure that follows from the configuration alone: whatever the machine, there is no more. */
export interface Ceiling {
  /** For instance `places`, `polling`, `arrival`; a target's own have other names than these. */
  readonly name: string;
  /** For instance `places for tasks`. */
  readonly title: string;
  readonly figure: (typeof ceilingFigures)[number];
  /** In the unit of the figure. */
  readonly value: number;
  /** The keys of the config that set it, the one to change first. */
  readonly settings: readonly string[];
  /** Where the value comes from, in words: `20 places (workerConcurrency 20) / 0.1 s`. */
  readonly formula: string;
  /** How much of it comes together: as many tasks as there are places, a batch of a poll. Default: 1. */
  readonly atOnce?: number;
}
