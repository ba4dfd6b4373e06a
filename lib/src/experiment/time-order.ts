/** Clocks of one machine that are read in different processes, rounded to milliseconds, differ by less. */
const clockToleranceMs = 20;

export const taskTimes = ['createdMs', 'dispatchedMs', 'startedMs', 'finishedMs'] as const;

export type TaskTime = (typeof taskTimes)[number];

/** A time of a task that is before one that it must follow. */
export interface TimeOutOfOrder {
  readonly time: TaskTime;
  readonly after: TaskTime;
  /** By how much it is before that. */
  readonly ms: number;
}

/** The times of a task that are in an impossible order, by more than clocks may differ; times that are not known are passed over. */
export function timesOutOfOrder(row: Readonly<Record<TaskTime, number>>): readonly TimeOutOfOrder[] {
  const known = taskTimes.filter((name) => !Number.isNaN(row[name]));
  return known.flatMap((time, index) => {
    const after = known[index - 1];
    const ms = after === undefined ? 0 : row[after] - row[time];
    return after !== undefined && ms > clockToleranceMs ? [{ time, after, ms }] : [];
  });
}

/** The name that a described target's query gives a time: `created_at`. */
export function columnOf(time: TaskTime): string {
  return `${time.slice(0, -2)}_at`;
}
