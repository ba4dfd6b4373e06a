import type { Summary } from '../analysis/summary.ts';

/** Why there is no ledger, for text and page; undefined where there is one. */
export function tasksNotRead({ tasksRead, runs, tasks }: Summary): string | undefined {
  if (tasksRead || runs.submitted === 0) return undefined;
  return `not known: ${runs.submitted} runs with ${tasks.submitted} tasks were submitted, and what became of them is read when the load has drained`;
}
