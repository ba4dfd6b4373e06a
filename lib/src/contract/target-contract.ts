/** What every target has to do, to be tested on a real Postgres with real schedulers: `orchlab/contract`. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { createConfig } from '../config/load-config.ts';
import type { PerfConfigFile } from '../config/perf-config.ts';
import { type Workspace, findWorkspace } from '../config/workspace.ts';
import type { DatabaseServer } from '../database/open-database.ts';
import { startPrivateServer } from '../database/private-server.ts';
import type { ExperimentOutcome } from '../experiment/execute-experiment.ts';
import { measureTasksAtOnce, placesFinding, tasksToTry } from '../experiment/tasks-at-once.ts';
import { type Guard, startGuard } from '../processes/guard.ts';
import { type ProcessIdentity, identify } from '../processes/process-family.ts';
import { isProcessAlive, isProcessGroupAlive } from '../processes/process-status.ts';
import { type TaskLedger, readManifest } from '../results/manifest.ts';
import type { Progress } from '../results/progress.ts';
import { executeInChild } from '../run/experiment-child.ts';
import { descendants } from '../sampling/process-tree.ts';
import { definedTargets, findTarget } from '../targets/registry.ts';
import type { TaskRow } from '../targets/target.ts';
import { TargetLab, tasksPerRun, waitUntil } from './target-lab.ts';

/** One thing that a target has to do. */
export interface ContractCheck {
  readonly name: string;
  /** Rejects with an Error that says what was expected and what came, when the target does not do it. */
  readonly check: () => Promise<void>;
}

/** Clocks of one machine, read in different processes and rounded to milliseconds. */
const clockToleranceMs = 5;
/** now() of a transaction is when that began: on a busy machine one that takes a task may have begun before the one that made it. */
const orderToleranceMs = 50;

/**
 * The contract of targets. Each check tries the target in a fresh database of one embedded server, which starts with the first check and ends
 * with `close`.
 *
 * Works with any test framework:
 *
 *     const contract = new TargetContract();
 *     afterAll(async () => contract.close());
 *     for (const { name, check } of contract.checks('my-engine')) it(name, check, 120_000);
 */
export class TargetContract {
  private readonly workspace: Workspace;
  private readonly stack = new AsyncDisposableStack();
  private starting: Promise<{ readonly guard: Guard; readonly server: DatabaseServer }> | undefined;

  /** `workspace` is where perf-configs/targets is. Default: the one around the working directory. */
  constructor(workspace: Workspace = findWorkspace()) {
    this.workspace = workspace;
  }

  /** Ends the server, and whatever is left. */
  async close(): Promise<void> {
    await this.starting?.catch(() => undefined);
    await this.stack.disposeAsync();
  }

  /**
   * The checks of a target, by the name that a config's `target` gives it: one of orchlab's own, one of `defineTarget`, or a described one. It
   * needs the process executor: what its tasks do is seen by a script of the contract's.
   */
  checks(target: string): readonly ContractCheck[] {
    return Object.entries(this.all(target)).map(([name, check]) => ({ name, check }));
  }

  private async server(): Promise<{ readonly guard: Guard; readonly server: DatabaseServer }> {
    this.starting ??= (async () => {
      const guard = this.stack.use(startGuard());
      return { guard, server: this.stack.use(await startPrivateServer({ guard })) };
    })();
    return this.starting;
  }

  private all(target: string): Readonly<Record<string, () => Promise<void>>> {
    const open = async (options: Partial<Parameters<typeof TargetLab.create>[0]> = {}): Promise<TargetLab> =>
      TargetLab.create({ target, workspace: this.workspace, ...(await this.server()), ...options });
    return {
      'every task once': async () => {
        await using lab = await open();
        // What each of its times is, it says.
        for (const [time, { moment, source }] of Object.entries(lab.target.times))
          assert.ok(moment !== 'unknown' && source !== '', `times.${time}: expected a moment and a source, got ${moment} and '${source}'`);
        await lab.startScheduler();
        const ids = await lab.submit(3);
        assert.equal(new Set(ids).size, 3, 'each run has an id of its own');
        await lab.ended(12);
        const expected = tasksOf(ids);
        const tasks = await lab.tasks();
        assert.deepEqual(keysOf(tasks), expected);
        assert.deepEqual(new Set(tasks.map(({ status }) => status)), new Set(['finished']));
        assert.deepEqual(keysOf(lab.executions()), expected);
        for (const { createdMs, dispatchedMs, startedMs, finishedMs } of tasks) {
          assert.ok(Math.abs(createdMs - Date.now()) < 60_000, `created ${createdMs} is of this minute`);
          // A time that the engine does not tell is passed over.
          const known = [createdMs, dispatchedMs, startedMs, finishedMs].filter((ms) => !Number.isNaN(ms));
          for (const [index, ms] of known.entries())
            assert.ok(ms - (known[index - 1] ?? ms) >= -orderToleranceMs, `times in order, got ${known.join(', ')}`);
          assert.ok(finishedMs - createdMs >= 50 - clockToleranceMs, `it worked for 50 ms, got ${finishedMs - createdMs}`);
        }
      },

      'open is what has not ended': async () => {
        await using lab = await open({ values: { duration: 30 } });
        assert.deepEqual(await lab.countOpen(), { runs: 0, tasks: 0 });
        await lab.startScheduler();
        const runs = 3;
        await lab.submit(runs);
        // At once, whether the engine has made its tasks yet or not, and while they run.
        assert.deepEqual(await lab.countOpen(), { runs, tasks: runs * tasksPerRun });
        await waitUntil('its tasks execute', () => lab.executions().length >= 4);
        assert.deepEqual(await lab.countOpen(), { runs, tasks: runs * tasksPerRun });
      },

      'failed is failed': async () => {
        await using lab = await open({ isFailing: true });
        await lab.startScheduler();
        const ids = await lab.submit(2);
        await lab.ended(8);
        const tasks = await lab.tasks();
        const failed = tasks.filter(({ status }) => status === 'failed');
        assert.deepEqual(keysOf(failed), ids.map((id) => `${id} 3`).sort());
        assert.equal(tasks.filter(({ status }) => status === 'finished').length, 6);
        // Once is enough: a retry would be seen here.
        assert.equal(lab.executions().length, 8);
      },

      'kill -9 noticed': async () => {
        await using lab = await open({ values: { duration: 30 } });
        const scheduler = await lab.startScheduler();
        await lab.submit(1);
        await waitUntil('its tasks execute', () => lab.executions().length === 4);
        const startMs = performance.now();
        process.kill(scheduler.pid, 'SIGKILL');
        assert.deepEqual(await scheduler.exited, { code: null, signal: 'SIGKILL' });
        assert.ok(performance.now() - startMs < 5000, 'noticed within 5 s');
        await scheduler.stop();
        await waitUntil('its workers are gone too', () => !isProcessGroupAlive(scheduler.pid));
        assert.equal((await lab.tasks()).filter(({ status }) => status === 'finished').length, 0);
      },

      'restart works': async () => {
        await using lab = await open();
        const first = await lab.startScheduler();
        await lab.submit(1);
        await lab.ended(4);
        await first.stop();
        assert.equal(isProcessAlive(first.pid), false);
        // Submitted while there is nobody: it waits for the next scheduler.
        await lab.submit(1);
        process.kill((await lab.startScheduler()).pid, 'SIGKILL');
        await lab.startScheduler();
        const [last] = await lab.submit(1);
        // What the killed one had taken may be lost; what nobody had taken is not.
        await waitUntil('the last run is executed', () => lab.executions().filter(({ runId }) => runId === last).length === 4);
        await waitUntil(
          'its tasks are recorded',
          async () => (await lab.tasks()).filter(({ status }) => status === 'finished').length >= 8,
        );
      },

      'stop ends workers': async () => {
        await using lab = await open({ values: { duration: 30 } });
        const scheduler = await lab.startScheduler();
        await lab.submit(1);
        await waitUntil('its tasks execute', () => lab.executions().length === 4);
        const groups = new Set(lab.executions().map(({ processGroup }) => processGroup));
        const startMs = performance.now();
        await scheduler.stop();
        assert.ok(performance.now() - startMs < 9000, 'stopped within 9 s');
        for (const group of groups) assert.equal(isProcessGroupAlive(group), false);
      },

      'clean is exact': async () => {
        const isSingle = await this.refuses(target, 'scheduler.processes', twoSchedulers);
        // What it has behind it is nobody's.
        await using mine = await open({ name: 'mine', values: { history: 10 } });
        await mine.target.addHistory?.(10);
        assert.deepEqual(await mine.tasks(), []);
        assert.deepEqual(await mine.countOpen(), { runs: 0, tasks: 0 });
        await using others = await open({ name: 'others', beside: mine });
        await mine.startScheduler();
        // Its one scheduler does the work of every workflow in its database.
        if (!isSingle) await others.startScheduler();
        await mine.submit(2);
        await others.submit(2);
        await mine.ended(8);
        await others.ended(8);
        // Each by its own scheduler, though they share the tables.
        assert.equal(mine.executions().length, 8);
        assert.equal(others.executions().length, 8);
        const before = await others.tasks();
        await mine.clean();
        await mine.target.prepare();
        assert.deepEqual(await mine.tasks(), []);
        assert.deepEqual(await mine.countOpen(), { runs: 0, tasks: 0 });
        const byKey = (rows: readonly TaskRow[]): readonly TaskRow[] =>
          rows.toSorted((a, b) => `${a.runId}${a.taskIndex}`.localeCompare(`${b.runId}${b.taskIndex}`));
        assert.deepEqual(byKey(await others.tasks()), byKey(before));
        assert.equal(before.length, 8);
      },

      'two at once': async () => {
        await using one = await open();
        await using two = await open();
        await Promise.all([one.startScheduler(), two.startScheduler()]);
        const [ids] = await Promise.all([one.submit(2), two.submit(3)]);
        await Promise.all([one.ended(8), two.ended(12)]);
        assert.deepEqual(new Set(one.executions().map(({ runId }) => runId)), new Set(ids));
        assert.equal(two.executions().length, 12);
      },

      'places as declared': async () => {
        await using lab = await open({ values: { duration: 30, scheduler: { max_concurrent_dispatches: 5, max_tasks_per_batch: 100 } } });
        const { places } = lab.target;
        assert.notEqual(places.kind, 'unknown');
        const submitted = Math.ceil((tasksToTry(places, 5) ?? 0) / tasksPerRun) * tasksPerRun;
        await lab.startScheduler();
        await lab.submit(submitted / tasksPerRun);
        const measured = await measureTasksAtOnce({
          submitted,
          places,
          begun: () => lab.executions().length,
          ended: async () => submitted - (await lab.countOpen()).tasks,
          limitSeconds: 25,
        });
        assert.deepEqual(placesFinding(places, measured), {});
      },

      'a task that fails is tried again': async () => {
        await using lab = await open({
          values: { work: { failing_share: 1, failing_attempts: 1 }, recovery: { max_attempts: 2, retry_delay_seconds: 1 } },
        });
        // One that says that it does not try again leaves the task failed.
        const attempts = lab.target.warnings.some((warning) => warning.includes('recovery.max_attempts')) ? 1 : 2;
        await lab.startScheduler();
        const ids = await lab.submit(1);
        await lab.ended(tasksPerRun);
        const tasks = await lab.tasks();
        assert.deepEqual(new Set(tasks.map(({ status }) => status)), new Set([attempts === 2 ? 'finished' : 'failed']));
        assert.deepEqual(
          keysOf(lab.executions()),
          tasksOf(ids).flatMap((task) => Array.from({ length: attempts }, () => task)),
        );
      },

      'a delayed run begins when it asked to': async () => {
        await using lab = await open();
        if (!lab.target.delays) return;
        await lab.startScheduler();
        const notBeforeMs = Date.now() + 1500;
        await lab.submit(1, { notBeforeMs });
        assert.equal((await lab.countOpen()).runs, 1);
        await lab.ended(tasksPerRun);
        for (const { startedMs } of await lab.tasks())
          assert.ok(startedMs >= notBeforeMs - clockToleranceMs, `${notBeforeMs - startedMs} ms early`);
      },

      'a schedule fires at its moments': async () => {
        await using lab = await open({ values: { arrival: { constant: 1 }, workflows: 10, periodic: { schedules: 2, every: '2s' } } });
        // Longer periods are for an experiment (perf-configs/periodic.yaml), not for a check.
        if ((lab.target.leastPeriodSeconds ?? Infinity) > 2) return;
        await lab.startScheduler();
        await waitUntil('each schedule has fired twice', async () =>
          [0, 1].every((index) => lab.firings().filter(({ scheduleIndex }) => scheduleIndex === index).length >= 2),
        );
        const fired = lab.firings();
        const keys = fired.map(({ scheduleIndex, dueMs }) => `${scheduleIndex} ${dueMs}`);
        assert.equal(new Set(keys).size, keys.length);
        for (const { dueMs, beganMs } of fired) {
          assert.equal(dueMs % 2000, 0);
          assert.ok(beganMs >= dueMs - clockToleranceMs, `${dueMs - beganMs} ms early`);
        }
      },

      'odd names': async () => {
        const odd = `it's "odd"; DROP TABLE x; -- $1 {{workflow}} %s \\ ünïcode 作業 🚀 ${'long '.repeat(20)}`;
        await using lab = await open({ name: odd });
        await using other = await open({ name: `${odd}!`, beside: lab });
        await lab.startScheduler();
        const [id] = await lab.submit(1);
        await lab.ended(4);
        assert.deepEqual(
          (await lab.tasks()).map(({ runId }) => runId),
          [id, id, id, id],
        );
        assert.deepEqual(await other.tasks(), []);
        await lab.target.clean();
      },

      'a task after those that it comes after': async () => {
        const shape: PerfConfigFile['shape'] = { tasks: [{}, { after: [0] }, { after: [0] }, { after: [1, 2] }] };
        // One whose tasks can't has refused a config that asks for it.
        if (await this.refuses(target, 'shape', { shape })) return;
        const duration = 0.1;
        await using lab = await open({ values: { duration, shape } });
        await lab.startScheduler();
        const ids = await lab.submit(2);
        await lab.ended(8);
        const executions = lab.executions();
        assert.deepEqual(keysOf(executions), tasksOf(ids));
        const began = (runId: string, task: number): number =>
          executions.find((execution) => execution.runId === runId && execution.taskIndex === task)?.beganMs ?? Number.NaN;
        for (const id of ids)
          for (const [parent, child] of [
            [0, 1],
            [0, 2],
            [1, 3],
            [2, 3],
          ] as const) {
            const gapMs = began(id, child) - began(id, parent);
            assert.ok(
              gapMs >= duration * 1000,
              `task ${child} begins when task ${parent} has worked for 100 ms, got ${gapMs} ms after its begin`,
            );
          }
      },

      'runs of several workflows': async () => {
        const workflows = [
          { name: 'small', runs: 1, tasks: 2 },
          { name: 'large', runs: 1, tasks: 5 },
        ];
        // One that has one number of tasks for all of its runs has refused a config that asks for it.
        if (await this.refuses(target, 'workflows', { workflows })) return;
        await using lab = await open({ values: { workflows } });
        const [small] = await lab.submit(1, { name: 'small' });
        const [large] = await lab.submit(1, { name: 'large' });
        assert.deepEqual(await lab.countOpen(), { runs: 2, tasks: 7 });
        await lab.startScheduler();
        await lab.ended(7);
        const expected = [...[0, 1].map((index) => `${small} ${index}`), ...[0, 1, 2, 3, 4].map((index) => `${large} ${index}`)].sort();
        assert.deepEqual(keysOf(await lab.tasks()), expected);
        assert.deepEqual(keysOf(lab.executions()), expected);
      },

      'a higher priority first': async () => {
        const workflows = [
          { name: 'low', runs: 2, priority: -1 },
          { name: 'high', runs: 1, priority: 1 },
        ];
        // One without priorities has refused a config that asks for them.
        if (await this.refuses(target, 'workflows', { workflows })) return;
        await using lab = await open({
          values: { duration: 0.5, workflows, scheduler: { max_concurrent_dispatches: 1, max_tasks_per_batch: 1 } },
        });
        await lab.startScheduler();
        const low = new Set(await lab.submit(2, { name: 'low' }));
        await waitUntil('a task has begun', () => lab.executions().length > 0);
        await lab.submit(1, { name: 'high' });
        await lab.ended(3 * tasksPerRun);
        const isLow = ({ runId }: { readonly runId: string }): boolean => low.has(runId);
        const executions = lab.executions();
        const high = executions.filter((execution) => !isLow(execution));
        assert.equal(high.length, tasksPerRun);
        const readyMs = Math.max(...(await lab.tasks()).filter((task) => !isLow(task)).map(({ createdMs }) => createdMs));
        const lastMs = Math.max(...high.map(({ beganMs }) => beganMs));
        const before = executions.filter((execution) => isLow(execution) && execution.beganMs > readyMs && execution.beganMs < lastMs);
        // One may have been taken before, and one more have been fetched ahead; without priorities it would be most of eight.
        assert.ok(before.length <= 2, `at most 2 tasks of the lower priority begin while one of the higher waits, got ${before.length}`);
      },

      'two schedulers': async () => {
        // One that can't have several has refused a config that asks for them.
        if (await this.refuses(target, 'scheduler.processes', twoSchedulers)) return;
        await using lab = await open({
          values: { duration: 0.3, scheduler: { processes: 2, max_concurrent_dispatches: 2, max_tasks_per_batch: 2 } },
        });
        const schedulers = await Promise.all([lab.startScheduler(0), lab.startScheduler(1)]);
        const ids = await lab.submit(4);
        await lab.ended(16);
        const executions = lab.executions();
        assert.deepEqual(keysOf(executions), tasksOf(ids));
        assert.deepEqual(new Set(executions.map(({ processGroup }) => processGroup)), new Set(schedulers.map(({ pid }) => pid)));
      },

      'an interrupt leaves nothing': async () => {
        const before = new Set(await descendants(process.pid));
        const interruption = new AbortController();
        let begun: readonly ProcessIdentity[] | undefined;
        const { outcome } = await this.execute({ target, duration: 30 }, interruption.signal, ({ workers }) => {
          if (workers.count === 0 || begun) return;
          begun = [];
          void descendants(process.pid).then((pids) => {
            begun = pids.filter((pid) => !before.has(pid)).map(identify);
            interruption.abort();
          });
        });
        assert.equal(outcome.status, 'interrupted', outcome.reason);
        // Its own process, a scheduler and a worker at least.
        assert.ok((begun?.length ?? 0) >= 3, 'it was at work when it was interrupted');
        await waitUntil('none of its processes is left', () =>
          (begun ?? []).every(({ pid, startTime }) => !isProcessAlive(pid, startTime)),
        );
      },

      'ledger is clean': async () => {
        const { outcome, ledger } = await this.execute({ target, duration: 0.05 });
        assert.equal(outcome.status, 'done', outcome.reason);
        const { submitted, finished, failed, cancelled, lost } = ledger ?? {};
        assert.deepEqual(
          { submitted, finished, failed, cancelled, lost },
          { submitted: 20, finished: 20, failed: 0, cancelled: 0, lost: 0 },
        );
      },
    };
  }

  /** Whether a config with these values is refused for what one key of it asks. */
  private async refuses(target: string, key: string, values: Partial<PerfConfigFile>): Promise<boolean> {
    const config = createConfig({ workflows: 1, tasks_per_workflow: tasksPerRun, duration: 0, target, ...values }, 'contract');
    try {
      await findTarget(config, this.workspace);
      return false;
    } catch (error) {
      if (error instanceof ConfigError && error.problems.some((problem) => problem.key === key || problem.key.startsWith(`${key}.`)))
        return true;
      throw error;
    }
  }

  /** A whole experiment of 5 runs of 4 tasks, in a process of its own, whose results do not stay. */
  private async execute(
    values: { readonly target: string; readonly duration: number },
    signal?: AbortSignal,
    onProgress: (progress: Progress) => void = () => undefined,
  ): Promise<{ readonly outcome: ExperimentOutcome; readonly ledger: TaskLedger | undefined }> {
    const directory = mkdtempSync(join(tmpdir(), 'orchlab-contract-'));
    chmodSync(directory, 0o755); // so that another user's database can be in it
    try {
      const config = createConfig({ workflows: 5, tasks_per_workflow: 4, scheduler: { poll_interval_secs: 0.1 }, ...values }, 'contract');
      const workspace = { ...this.workspace, results: join(directory, 'perf-results'), state: join(directory, 'state') };
      const request = { config, targets: definedTargets(), workspace, keepDatabase: false };
      const outcome = await executeInChild(request, { signal, onProgress });
      return { outcome, ledger: (await readManifest(outcome.directory)).ledger };
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}

/** What one that can have only one scheduler refuses. */
const twoSchedulers: Partial<PerfConfigFile> = { scheduler: { processes: 2 } };

/** `run task` of each task of runs, sorted. */
function tasksOf(runIds: readonly string[]): readonly string[] {
  return runIds.flatMap((id) => Array.from({ length: tasksPerRun }, (_, index) => `${id} ${index}`)).sort();
}

function keysOf(tasks: readonly { readonly runId: string; readonly taskIndex: number }[]): readonly string[] {
  return tasks.map(({ runId, taskIndex }) => `${runId} ${taskIndex}`).sort();
}
