import type { TaskRow } from '../targets/target.ts';

/** More than any check takes, less than a wrong time zone. */
const recentMs = 10 * 60_000;

/** What is wrong with the rows of runs whose tasks have all finished, a sentence each. */
export function taskRowProblems(
  rows: readonly TaskRow[],
  { runIds, tasksPerRun, nowMs }: { readonly runIds: readonly string[]; readonly tasksPerRun: number; readonly nowMs: number },
): string[] {
  const problems: string[] = [];
  const expectedRows = runIds.length * tasksPerRun;
  if (rows.length !== expectedRows) problems.push(`expected ${expectedRows} rows, got ${rows.length}`);
  const stranger = rows.find((row) => !runIds.includes(row.runId));
  if (stranger)
    problems.push(
      `expected run_id ${runIds.map((id) => JSON.stringify(id)).join(' or ')}, as submit gave it, got ${JSON.stringify(stranger.runId)}`,
    );
  const expected = Array.from({ length: tasksPerRun }, (_, index) => index).join(', ');
  for (const runId of new Set(rows.map((row) => row.runId))) {
    const indexes = rows
      .filter((row) => row.runId === runId)
      .map((row) => row.taskIndex)
      .sort((a, b) => a - b)
      .join(', ');
    if (indexes !== expected) problems.push(`expected task_index ${expected} (from 0), got ${indexes}`);
  }
  for (const row of rows) problems.push(...timeProblems(row, nowMs));
  return [...new Set(problems)];
}

function timeProblems(row: TaskRow, nowMs: number): string[] {
  const problems: string[] = [];
  if (row.status !== 'finished') problems.push(`expected every task finished, got ${row.status}`);
  for (const name of ['createdMs', 'startedMs', 'finishedMs'] as const) {
    if (Number.isNaN(row[name])) problems.push(`${columnOf(name)} of a finished task is NULL: no figure could be made of it`);
  }
  for (const name of taskTimes) {
    const offMs = row[name] - nowMs;
    if (Math.abs(offMs) > recentMs)
      problems.push(
        `${columnOf(name)} is ${(offMs / 3_600_000).toFixed(2)} h off the clock: is it a time without a time zone, or another unit?`,
      );
  }
  for (const { time, after, ms } of timesOutOfOrder(row))
    problems.push(`${columnOf(time)} is ${ms.toFixed(0)} ms before ${columnOf(after)}`);
  return problems;
}

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
