import { expect, it } from 'vitest';
import { faultLedger } from '../../src/analysis/fault-ledger.ts';
import type { Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from '../support/build-experiment.ts';

const originMs = Date.UTC(2026, 10, 23, 10);
const at = (seconds: number): number => originMs + 1000 * seconds;

/**
 * 20 runs of a task a second for 8 s, done 0.3 s after they were sent. At 3 s the scheduler dies with 6 of them: new ones are done again from 4 s on, those
 * 6 when a heartbeat was missed, 10 s later.
 */
function takenOverLate(): ReturnType<typeof buildExperiment> {
  const built = buildExperiment({ runs: 160, tasksPerRun: 1, sendSeconds: 8, firstSentMs: originMs });
  const [run] = built.runs.objects() as Row<'runs'>[];
  const [task] = built.tasks.objects() as Row<'tasks'>[];
  const runs: Row<'runs'>[] = [];
  const tasks: Row<'tasks'>[] = [];
  const executions: Row<'executions'>[] = [];
  for (let index = 0; index < 160; index++) {
    const sent = index / 20;
    const runId = `run-${index}`;
    const isCutOff = sent > 2.7 && sent <= 3;
    const starts = isCutOff ? [sent, 13 + index / 1000] : [sent > 3 && sent < 4 ? 4 : sent];
    const started = starts.at(-1) ?? 0;
    runs.push({ ...run!, runIndex: index, runId, dueMs: at(sent), sentMs: at(sent), acknowledgedMs: at(sent) });
    tasks.push({
      ...task!,
      runIndex: index,
      taskIndex: 0,
      status: 'finished',
      createdMs: at(sent),
      dispatchedMs: at(started),
      startedMs: at(started),
      finishedMs: at(started + 0.3),
      executions: starts.length,
    });
    for (const [attempt, begun] of starts.entries())
      executions.push({
        atMs: at(begun),
        runId,
        taskIndex: 0,
        executionId: `${attempt}`,
        beganMs: Number.NaN,
        endedMs: Number.NaN,
        outcome: 'unknown',
      });
  }
  const events: Row<'events'>[] = [{ kind: 'kill', subject: 'scheduler 0', detail: '', beganMs: at(3.01), endedMs: at(3.01) }];
  return replaceTables(built, { runs, tasks, events, executions });
}

it('tells an engine that goes on at once and takes over late: when, and that its rate was back long before', () => {
  const [fault] = faultLedger(takenOverLate());
  expect(fault).toMatchObject({ executedTwice: 6, duplicates: 6, lost: 0, stuck: 0, failed: 0, detectedBy: 'dispatched' });
  expect(fault?.detectedSeconds).toBeCloseTo(0.99, 2);
  // The last of the 6 began again at 13.06 s.
  expect(fault?.repeatedSeconds).toBeCloseTo(10.05, 2);
  // Nothing ends between 8.3 s and 13.3 s: that is no rate that did not come back.
  expect(fault?.recoverySeconds).toBeCloseTo(1.29, 1);
  expect(fault?.sentence).toContain('6 executed twice (the last after 10.1 s)');
});
