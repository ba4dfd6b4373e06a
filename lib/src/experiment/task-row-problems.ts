import type { TaskRow } from '../targets/target.ts';
import { columnOf, taskTimes, timesOutOfOrder } from './time-order.ts';

/** More than any check takes, less than a wrong time zone. */
const recentMs = 10 * 60_000;

/** What is wrong with the rows of a run whose tasks have all finished, a sentence each. */
export function taskRowProblems(
  rows: readonly TaskRow[],
  { runId, taskCount, nowMs }: { readonly runId: string; readonly taskCount: number; readonly nowMs: number },
): string[] {
  const problems: string[] = [];
  const mine = rows.filter((row) => row.runId === runId);
  if (rows.length !== taskCount) problems.push(`expected ${taskCount} rows, got ${rows.length}`);
  if (mine.length < rows.length)
    problems.push(
      `expected run_id ${JSON.stringify(runId)}, as submit gave it, got ${JSON.stringify(rows.find((row) => row.runId !== runId)?.runId)}`,
    );
  const indexes = rows.map((row) => row.taskIndex).sort((a, b) => a - b);
  const expected = Array.from({ length: taskCount }, (_, index) => index);
  if (String(indexes) !== String(expected))
    problems.push(`expected task_index ${expected.join(', ')} (from 0), got ${indexes.join(', ') || 'none'}`);
  for (const row of rows) problems.push(...timeProblems(row, nowMs));
  return [...new Set(problems)];
}

function timeProblems(row: TaskRow, nowMs: number): string[] {
  const problems: string[] = [];
  if (row.status !== 'finished') problems.push(`expected every task finished, got ${row.status}`);
  for (const name of ['createdMs', 'startedMs', 'finishedMs'] as const) {
    if (Number.isNaN(row[name])) problems.push(`${columnOf(name)} of a finished task is null`);
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
