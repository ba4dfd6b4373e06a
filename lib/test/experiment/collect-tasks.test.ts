import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CollectOptions, collectTasks, noteOpenTasks } from '../../src/experiment/collect-tasks.ts';
import { RunIndex } from '../../src/experiment/run-index.ts';
import { readTable } from '../../src/results/table-reader.ts';
import type { Emit } from '../../src/results/rows.ts';
import { createTableWriter } from '../../src/results/table-writer.ts';
import { leaveBegin } from '../../src/targets/evidence.ts';
import { executeTask } from '../../src/targets/execute-task.ts';
import type { TaskRow } from '../../src/targets/target.ts';

let directory: string;
let evidencePath: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'orchlab-collect-'));
  evidencePath = join(directory, 'evidence.txt');
  writeFileSync(evidencePath, '');
});
afterEach(() => rmSync(directory, { recursive: true }));

const tasksPerRun = 10;

function submittedRuns(count: number): RunIndex {
  const runs = new RunIndex(tasksPerRun);
  // Not in order of their index: submissions end as they like.
  for (let index = count - 1; index >= 0; index--)
    runs.add({ runId: `run ${index}`, runIndex: index, sentMs: 0, dueMs: 0, workflow: 'standard', warmUp: false });
  return runs;
}

function row(runIndex: number, taskIndex: number, status: TaskRow['status'] = 'finished'): TaskRow {
  const at = 1000 * runIndex + taskIndex;
  return {
    runId: `run ${runIndex}`,
    taskIndex,
    status,
    createdMs: at,
    dispatchedMs: at + 1,
    startedMs: at + 2,
    finishedMs: at + 3,
    attempts: 1,
  };
}

async function* inBatches(rows: readonly TaskRow[]): AsyncGenerator<readonly TaskRow[]> {
  for (let start = 0; start < rows.length; start += 7) yield rows.slice(start, start + 7);
}

async function collect(
  rows: readonly TaskRow[],
  runs: RunIndex,
  isExpected = true,
  more: Pick<CollectOptions, 'overMs' | 'lossIsFinding'> = {},
) {
  const writer = createTableWriter(directory, 'tasks');
  const out = { emit: ((_table, task) => writer.append(task as never)) satisfies Emit, ready: async () => undefined };
  const collected = await collectTasks(inBatches(rows), runs, out, { evidence: { path: evidencePath, isExpected }, ...more });
  await writer.close();
  return { ...collected, tasks: readTable(directory, 'tasks').table };
}

function begin(runIndex: number, taskIndex: number, executionId = 'x'): void {
  leaveBegin(evidencePath, { runId: `run ${runIndex}`, taskIndex, workflowName: 'w', executionId });
}

describe('an experiment that was cut short', () => {
  it('has lost what ended after it was over, whatever the engine calls that end, and keeps what ended before', async () => {
    const runs = submittedRuns(1);
    const untimed = (task: number, status: TaskRow['status']): TaskRow => ({ ...row(0, task, status), finishedMs: Number.NaN });
    // Task i ends at i + 3. Of two that failed without a time, one had done so before.
    await noteOpenTasks(inBatches([row(0, 0), row(0, 1, 'failed'), untimed(7, 'running'), untimed(8, 'failed')]), runs);
    const rows = [
      row(0, 0),
      row(0, 1, 'failed'),
      row(0, 2, 'cancelled'),
      row(0, 4),
      row(0, 5, 'failed'),
      row(0, 6, 'cancelled'),
      untimed(7, 'failed'),
      untimed(8, 'failed'),
      untimed(9, 'running'),
    ];
    const { ledger, tasks, failure } = await collect(rows, runs, false, { overMs: 6 });
    expect(ledger).toMatchObject({ submitted: 10, finished: 1, failed: 2, cancelled: 1, lost: 6 });
    expect(failure).toBe('6 of 10 tasks were lost: the engine has no end of them');
    const byTask = new Map((tasks.objects() as Record<string, unknown>[]).map((task) => [task['taskIndex'], task['status']]));
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((task) => byTask.get(task)).join(' ')).toBe(
      'finished failed cancelled lost lost lost lost lost failed lost',
    );
  });
});

describe('RunIndex', () => {
  it('gives back the run that has the same id already', () => {
    const runs = new RunIndex(1);
    const run = { dueMs: 0, sentMs: 0, workflow: 'standard', warmUp: false };
    expect(runs.add({ ...run, runId: 'a', runIndex: 3 })).toBeUndefined();
    expect(runs.add({ ...run, runId: 'b', runIndex: 4 })).toBeUndefined();
    expect(runs.add({ ...run, runId: 'a', runIndex: 9 })).toEqual({ runId: 'a', runIndexes: [3, 9] });
    expect([runs.indexOf('a'), runs.submittedTasks]).toEqual([3, 2]);
  });
});

describe('collectTasks', () => {
  it('says of which times of finished tasks there are none', async () => {
    const rows = [0, 1, 2].map((task) => ({ ...row(0, task), finishedMs: Number.NaN, ...(task === 0 && { createdMs: Number.NaN }) }));
    // That a task was not dispatched need not be known, and one that failed may never have begun.
    const { warnings } = await collect(
      [...rows, { ...row(0, 3), dispatchedMs: Number.NaN }, { ...row(0, 4, 'failed'), startedMs: Number.NaN }],
      submittedRuns(1),
      false,
    );
    expect(warnings.filter((warning) => warning.includes('NULL'))).toEqual([
      'The created_at of 1 finished tasks is NULL: they are in no figure that needs it.',
      'The finished_at of 3 finished tasks is NULL: they are in no figure that needs it.',
    ]);
  });

  it('says exactly what was planted: duplicates, losses, failures, cancellations, ghosts and untrue finishes', async () => {
    const runs = submittedRuns(5);
    const rows: TaskRow[] = [];
    for (let run = 0; run < 5; run++) {
      for (let task = 0; task < tasksPerRun; task++) {
        const place = run * tasksPerRun + task;
        if (place < 3) continue; // lost: the engine has no row, though one of them began
        const status = place < 5 ? 'running' : place < 9 ? 'failed' : place < 14 ? 'cancelled' : 'finished';
        rows.push(row(run, task, status));
        if (status === 'cancelled') continue; // cancelled before they began
        if (place >= 48) continue; // said to be finished, never begun
        begin(run, task);
        if (place >= 20 && place < 26) begin(run, task, 'again');
        if (place === 25) begin(run, task, 'and-again');
      }
    }
    begin(0, 2);
    leaveBegin(evidencePath, { runId: 'nobody', taskIndex: 0, workflowName: 'w', executionId: 'y' });
    leaveBegin(evidencePath, { runId: 'run 1', taskIndex: tasksPerRun, workflowName: 'w', executionId: 'y' });

    const { ledger, failure, warnings, tasks } = await collect(rows, runs);
    expect(ledger).toEqual({ submitted: 50, finished: 36, failed: 4, cancelled: 5, lost: 5, duplicates: 7, ghosts: 2 });
    expect(failure).toBe('5 of 50 tasks were lost: the engine has no end of them');
    expect(warnings).toEqual([
      'Tasks were executed 7 times more than once each, retries of failed ones aside: column executions of tasks.arrow says which.',
      'There were 2 executions of tasks that nobody submitted, for instance nobody 0, run 1 10.',
      'The engine says of 2 tasks that they finished, but they left no evidence of having begun (executions 0).',
    ]);
    const executions = new Map<number, number>();
    for (const task of tasks.objects() as { runIndex: number; taskIndex: number; executions: number }[])
      executions.set(task.runIndex * tasksPerRun + task.taskIndex, task.executions);
    expect(executions.size).toBe(50);
    expect([...executions].filter(([, count]) => count > 1).sort(([a], [b]) => a - b)).toEqual([
      [20, 2], [21, 2], [22, 2], [23, 2], [24, 2], [25, 3],
    ]); // prettier-ignore
    expect([...executions].filter(([, count]) => count === 0).map(([place]) => place).sort((a, b) => a - b)).toEqual([
      0, 1, 9, 10, 11, 12, 13, 48, 49,
    ]); // prettier-ignore
  });

  it('fails for tasks that the engine has twice or was not asked for', async () => {
    const runs = submittedRuns(1);
    const rows = Array.from({ length: tasksPerRun }, (_, task) => row(0, task));
    for (const { taskIndex } of rows) begin(0, taskIndex);
    const { ledger, failure, surplus, warnings } = await collect([...rows, row(0, 3), row(7, 0)], runs);
    expect(ledger).toEqual({ submitted: 10, finished: 10, failed: 0, cancelled: 0, lost: 0, duplicates: 0, ghosts: 0 });
    expect(failure).toBe('the engine has 2 tasks that were not asked for, or twice (they are in no figure)');
    expect(surplus).toBe(failure);
    expect(warnings).toEqual([]);
  });

  it('takes in the tasks of a submission whose answer was lost, and none of one that the engine never had', async () => {
    const runs = submittedRuns(1);
    const refused = {
      dueMs: 0,
      sentMs: 0,
      acknowledgedMs: 5,
      status: 'rejected',
      error: 'ECONNRESET',
      workflow: 'standard',
      warmUp: false,
    } as const;
    runs.take('runs', { ...refused, runIndex: 1, runId: 'run 1' });
    runs.take('runs', { ...refused, runIndex: 2, runId: 'run 2' });
    const tasksOf = (runIndex: number): TaskRow[] => Array.from({ length: tasksPerRun }, (_, taskIndex) => row(runIndex, taskIndex));
    const { ledger, failure, warnings, tasks } = await collect([...tasksOf(0), ...tasksOf(1)], runs, false);
    expect(ledger).toMatchObject({ submitted: 20, finished: 20, lost: 0 });
    expect(failure).toBe('');
    expect(warnings).toContainEqual(expect.stringMatching(/^1 submissions that were not answered/));
    expect(tasks.numRows()).toBe(20);
  });

  it('tells losses after faults, and fails for none; what more there is than unanswered submissions explain fails all the same', async () => {
    const [tasks, surplus] = [[row(0, 0)], [row(7, 0), row(7, 1)]];
    const lossy = await collect(tasks, submittedRuns(1), false, { lossIsFinding: true });
    expect(lossy).toMatchObject({ failure: '', ledger: { lost: 9 } });
    expect(lossy.warnings).toContainEqual(expect.stringContaining('9 of 10 tasks were lost'));
    expect((await collect([...tasks, ...surplus], submittedRuns(1), false, { lossIsFinding: true })).failure).toContain(
      '2 tasks that were not asked for',
    );
  });

  it('warns of times in an impossible order, but not of what clocks of one machine may differ by', async () => {
    const rows = Array.from({ length: tasksPerRun }, (_, task) => row(0, task));
    for (const { taskIndex } of rows) begin(0, taskIndex);
    const change = (taskIndex: number, times: Partial<TaskRow>) => (rows[taskIndex] = { ...row(0, taskIndex), ...times });
    change(2, { finishedMs: -4900 });
    change(3, { startedMs: -10 });
    change(4, { dispatchedMs: Number.NaN, startedMs: -100 });
    const { ledger, failure, warnings } = await collect(rows, submittedRuns(1));
    expect([ledger.finished, failure]).toEqual([10, '']);
    expect(warnings).toEqual([
      '2 tasks have times in an impossible order (finished up to 4904 ms before started): clocks differ, or changed, and figures made of these times are wrong.',
    ]);
  });

  it('knows nothing of executions when the script leaves no evidence, and says so', async () => {
    const rows = Array.from({ length: tasksPerRun }, (_, task) => row(0, task));
    const { ledger, failure, warnings, tasks } = await collect(rows, submittedRuns(1), false);
    expect(ledger).toMatchObject({ finished: 10, duplicates: null, ghosts: null });
    expect(failure).toBe('');
    expect(warnings).toEqual([expect.stringContaining('left no evidence')]);
    expect([...(tasks.array('executions') as Int32Array)]).toEqual(Array.from({ length: 10 }, () => -1));
  });

  it('tells lines that it can not read', async () => {
    writeFileSync(evidencePath, 'run 0 1 x\ncut of', 'utf8');
    const { warnings } = await collect([row(0, 1)], submittedRuns(1));
    expect(warnings).toContain('1 lines of evidence could not be read: executions may be too low.');
  });

  it('counts what real scripts and inline tasks of several processes at once have left', async () => {
    const runs = submittedRuns(6);
    const scripts = join(import.meta.dirname, '../../../test-scripts');
    const identity = (runIndex: number, taskIndex: number) => ({
      runId: `run ${runIndex}`,
      taskIndex,
      workflowName: 'w',
      executionId: 'x',
    });
    const shell = (script: string) =>
      ({ executor: 'process', duration: 0, scriptPath: join(scripts, script), workingDirectory: scripts, evidencePath }) as const;
    const work: Promise<unknown>[] = [];
    for (let task = 0; task < tasksPerRun; task++) {
      for (let run = 0; run < 3; run++) work.push(executeTask(shell('perf-task.sh'), identity(run, task)));
      work.push(executeTask(shell('example-task.sh'), identity(3, task)));
      work.push(executeTask(shell('failing-task.sh'), identity(4, task)).catch(() => undefined));
      for (let again = 0; again < 3; again++) work.push(executeTask({ executor: 'inline', duration: 0, evidencePath }, identity(5, task)));
    }
    await Promise.all(work);
    const rows = Array.from({ length: 6 * tasksPerRun }, (_, place) => row(Math.floor(place / tasksPerRun), place % tasksPerRun));
    const { ledger, warnings } = await collect(rows, runs);
    expect(ledger).toMatchObject({ submitted: 60, finished: 60, duplicates: 20, ghosts: 0 });
    expect(warnings).toHaveLength(1);
  });

  it('leaves none where the file has been taken away', async () => {
    const gone = join(directory, 'gone.txt');
    await expect(
      executeTask(
        { executor: 'inline', duration: 0, evidencePath: gone },
        { runId: 'r', taskIndex: 0, workflowName: 'w', executionId: 'x' },
      ),
    ).rejects.toThrow('ENOENT');
    expect(existsSync(gone)).toBe(false);
  });
});
