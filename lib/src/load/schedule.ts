import type { PerfConfig } from '../config/perf-config.ts';

/** When runs are due, in seconds from the start of the load, in ascending order: one number a run. */
export type Schedule = Iterable<number>;

/** All runs are due at once. */
export function* burst(runCount: number): Generator<number> {
  for (let index = 0; index < runCount; index++) yield 0;
}

/** The schedule that a config asks for. */
export function toSchedule(config: Pick<PerfConfig, 'arrival' | 'workflows'>): Schedule {
  switch (config.arrival) {
    case 'burst':
      return burst(config.workflows);
  }
}
