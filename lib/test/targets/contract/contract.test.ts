/**
 * What every target has to do, on a real Postgres with real schedulers: the table at the end is target by check.
 *
 * A target whose program is missing is left out, and the table says so; ORCHLAB_CONTRACT=dbos,ork runs only those.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseServer } from '../../../src/database/open-database.ts';
import { startPrivateServer } from '../../../src/database/private-server.ts';
import { startGuard, type Guard } from '../../../src/processes/guard.ts';
import { isProcessAlive, isProcessGroupAlive } from '../../../src/processes/process-status.ts';
import { orchlab, processesOf, startOrchlab } from '../../support/orchlab-command.ts';
import { temporaryWorkspace } from '../../support/temporary-workspace.ts';
import { waitUntil } from '../../processes/wait-until.ts';
import { ContractTable } from './contract-table.ts';
import { contractTargets } from './contract-targets.ts';
import { measureTasksAtOnce, placesFinding, tasksToTry } from '../../../src/experiment/tasks-at-once.ts';
import { TargetLab, tasksPerRun } from './target-lab.ts';

const targets = await contractTargets();
const table = new ContractTable();
let guard: Guard;
let server: DatabaseServer;

beforeAll(async () => {
  guard = startGuard();
  server = await startPrivateServer({ guard });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await guard[Symbol.asyncDispose]();
  process.stdout.write(`\n${table.text(targets)}\n`);
});

/** Clocks of one machine, read in different processes and rounded to milliseconds. */
const clockToleranceMs = 5;

describe.each(targets.filter(({ missing }) => missing === undefined))('the target $name', ({ name, environment, isSingle = false }) => {
  const check = (what: string, action: () => Promise<void>): void => {
    it.each([what])('%s', async () => {
      await table.note(name, what, action);
      expect(table.of(name, what)).toBe('ok');
    });
  };
  beforeAll(() => {
    Object.assign(process.env, environment);
  });
  const open = async (options: Partial<Parameters<typeof TargetLab.create>[0]> = {}): Promise<TargetLab> =>
    TargetLab.create({ target: name, server, guard, ...options });

  check('every task once', async () => {
    await using lab = await open();
    // What each of its times is, it says.
    for (const { moment, source } of Object.values(lab.target.times)) expect([moment === 'unknown', source === '']).toEqual([false, false]);
    await lab.startScheduler();
    const ids = await lab.submit(3);
    expect(new Set(ids).size).toBe(3);
    await lab.ended(12);
    const expected = ids.flatMap((id) => [0, 1, 2, 3].map((index) => `${id} ${index}`)).sort();
    const tasks = await lab.tasks();
    expect(tasks.map((task) => `${task.runId} ${task.taskIndex}`).sort()).toEqual(expected);
    expect(new Set(tasks.map(({ status }) => status))).toEqual(new Set(['finished']));
    expect(
      lab
        .executions()
        .map(({ runId, taskIndex }) => `${runId} ${taskIndex}`)
        .sort(),
    ).toEqual(expected);
    expect(await lab.target.countTasks()).toEqual({ pending: 0, dispatched: 0, running: 0, finished: 12, failed: 0, cancelled: 0 });
    for (const { createdMs, dispatchedMs, startedMs, finishedMs } of tasks) {
      expect(Math.abs(createdMs - Date.now())).toBeLessThan(60_000);
      expect(dispatchedMs - createdMs).toBeGreaterThanOrEqual(-clockToleranceMs);
      expect(startedMs - dispatchedMs).toBeGreaterThanOrEqual(-clockToleranceMs);
      expect(finishedMs - startedMs).toBeGreaterThanOrEqual(-clockToleranceMs);
      expect(finishedMs - createdMs).toBeGreaterThanOrEqual(50 - clockToleranceMs);
    }
  });

  check('failed is failed', async () => {
    await using lab = await open({ isFailing: true });
    await lab.startScheduler();
    const ids = await lab.submit(2);
    await lab.ended(8);
    const tasks = await lab.tasks();
    const failed = tasks.filter(({ status }) => status === 'failed');
    expect(failed.map(({ runId, taskIndex }) => `${runId} ${taskIndex}`).sort()).toEqual(ids.map((id) => `${id} 3`).sort());
    expect(tasks.filter(({ status }) => status === 'finished')).toHaveLength(6);
    // Once is enough: a retry would be seen here.
    expect(lab.executions()).toHaveLength(8);
    expect(await lab.target.countTasks()).toMatchObject({ finished: 6, failed: 2, pending: 0, running: 0 });
  });

  check('kill -9 noticed', async () => {
    await using lab = await open({ values: { duration: 30 } });
    const scheduler = await lab.startScheduler();
    await lab.submit(1);
    await waitUntil('its tasks execute', () => lab.executions().length === 4, 15_000);
    const startMs = performance.now();
    process.kill(scheduler.pid, 'SIGKILL');
    expect(await scheduler.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(performance.now() - startMs).toBeLessThan(2000);
    await scheduler.stop();
    await waitUntil('its workers are gone too', () => !isProcessGroupAlive(scheduler.pid), 5000);
    expect((await lab.target.countTasks()).finished).toBe(0);
  });

  check('restart works', async () => {
    await using lab = await open();
    const first = await lab.startScheduler();
    await lab.submit(1);
    await lab.ended(4);
    await first.stop();
    expect(isProcessAlive(first.pid)).toBe(false);
    // Submitted while there is nobody: it waits for the next scheduler.
    await lab.submit(1);
    process.kill((await lab.startScheduler()).pid, 'SIGKILL');
    await lab.startScheduler();
    const [last] = await lab.submit(1);
    // What the killed one had taken may be lost; what nobody had taken is not.
    await waitUntil('the last run is executed', () => lab.executions().filter(({ runId }) => runId === last).length === 4, 20_000);
    await waitUntil('its tasks are recorded', async () => (await lab.target.countTasks()).finished >= 8, 10_000);
  });

  check('stop ends workers', async () => {
    await using lab = await open({ values: { duration: 30 } });
    const scheduler = await lab.startScheduler();
    await lab.submit(1);
    await waitUntil('its tasks execute', () => lab.executions().length === 4, 15_000);
    const groups = new Set(lab.executions().map(({ processGroup }) => processGroup));
    const startMs = performance.now();
    await scheduler.stop();
    expect(performance.now() - startMs).toBeLessThan(9000);
    for (const group of groups) expect(isProcessGroupAlive(group)).toBe(false);
  });

  check('clean is exact', async () => {
    await using mine = await open({ name: 'mine' });
    await using others = await open({ name: 'others', beside: mine });
    await mine.startScheduler();
    if (!isSingle) await others.startScheduler();
    await mine.submit(2);
    await others.submit(2);
    await mine.ended(8);
    await others.ended(8);
    // Each by its own scheduler, though they share the tables.
    expect(mine.executions()).toHaveLength(8);
    expect(others.executions()).toHaveLength(8);
    const before = await others.tasks();
    await mine.target.clean();
    await mine.target.prepare();
    expect(await mine.tasks()).toEqual([]);
    expect(await mine.target.countTasks()).toEqual({ pending: 0, dispatched: 0, running: 0, finished: 0, failed: 0, cancelled: 0 });
    const byKey = (rows: typeof before): typeof before =>
      rows.toSorted((a, b) => `${a.runId}${a.taskIndex}`.localeCompare(`${b.runId}${b.taskIndex}`));
    expect(byKey(await others.tasks())).toEqual(byKey(before));
    expect(before).toHaveLength(8);
  });

  check('two at once', async () => {
    await using one = await open();
    await using two = await open();
    await Promise.all([one.startScheduler(), two.startScheduler()]);
    const [ids] = await Promise.all([one.submit(2), two.submit(3)]);
    await Promise.all([one.ended(8), two.ended(12)]);
    expect((await one.target.countTasks()).finished).toBe(8);
    expect((await two.target.countTasks()).finished).toBe(12);
    expect(new Set(one.executions().map(({ runId }) => runId))).toEqual(new Set(ids));
    expect(two.executions()).toHaveLength(12);
  });

  check('places as declared', async () => {
    await using lab = await open({ values: { duration: 30, scheduler: { max_concurrent_dispatches: 5, max_tasks_per_batch: 100 } } });
    const { places } = lab.target;
    expect(places.kind).not.toBe('unknown');
    const submitted = Math.ceil((tasksToTry(places, 5) ?? 0) / tasksPerRun) * tasksPerRun;
    await lab.startScheduler();
    await lab.submit(submitted / tasksPerRun);
    const measured = await measureTasksAtOnce({
      submitted,
      places,
      begun: () => lab.executions().length,
      counts: async () => lab.target.countTasks(),
      limitSeconds: 25,
    });
    expect(placesFinding(places, measured)).toEqual({});
    expect(measured.running).toBe(places.kind === 'bounded' ? 5 : submitted);
    expect(measured.submitted).toBeGreaterThan(5);
  });

  check('odd names', async () => {
    const odd = `it's "odd"; DROP TABLE x; -- $1 {{workflow}} %s \\ ünïcode 作業 🚀 ${'long '.repeat(20)}`;
    await using lab = await open({ name: odd });
    await using other = await open({ name: `${odd}!`, beside: lab });
    await lab.startScheduler();
    const ids = await lab.submit(1);
    await lab.ended(4);
    expect((await lab.tasks()).map(({ runId }) => runId)).toEqual([ids[0], ids[0], ids[0], ids[0]]);
    expect(await other.tasks()).toEqual([]);
    await lab.target.clean();
  });

  check('two schedulers', async () => {
    if (isSingle) {
      await expect(open({ values: { scheduler: { processes: 2 } } })).rejects.toThrow(/scheduler\.processes: expected 1 .*got 2/);
      return;
    }
    await using lab = await open({
      values: { duration: 0.3, scheduler: { processes: 2, max_concurrent_dispatches: 2, max_tasks_per_batch: 2 } },
    });
    const schedulers = await Promise.all([lab.startScheduler(0), lab.startScheduler(1)]);
    const ids = await lab.submit(4);
    await lab.ended(16);
    const executions = lab.executions();
    expect(executions.map(({ runId, taskIndex }) => `${runId} ${taskIndex}`).sort()).toEqual(
      ids.flatMap((id) => [0, 1, 2, 3].map((index) => `${id} ${index}`)).sort(),
    );
    expect(new Set(executions.map(({ processGroup }) => processGroup))).toEqual(new Set(schedulers.map(({ pid }) => pid)));
  });

  check('Ctrl-C leaves nothing', async () => {
    using workspace = temporaryWorkspace();
    workspace.copyTargets();
    const run = startOrchlab(
      ['run', '--runs', '4', '--tasks', '4', '--duration', '30', '--target', name, '-s', 'scheduler.poll_interval_secs=0.1'],
      {
        cwd: workspace.root,
        env: environment,
      },
    );
    await run.seen(/Workers: [1-9]/);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.result;
    expect(code, stderr).toBe(130);
    await waitUntil('no process is left', () => processesOf(workspace.root).length === 0, 10_000).catch(() => undefined);
    expect(processesOf(workspace.root)).toEqual([]);
  });

  check('ledger is clean', async () => {
    using workspace = temporaryWorkspace();
    workspace.copyTargets();
    const args = ['run', '--runs', '5', '--tasks', '4', '--duration', '0.05', '--target', name, '-s', 'scheduler.poll_interval_secs=0.1'];
    const { code, stdout, stderr } = await orchlab([...args, '--json'], { cwd: workspace.root, env: environment });
    expect(code, stderr).toBe(0);
    const { tasks, status } = JSON.parse(stdout) as { tasks: object; status: string };
    expect(status).toBe('done');
    expect(tasks).toMatchObject({ submitted: 20, finished: 20, failed: 0, cancelled: 0, lost: 0 });
  });
});
