import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stopProcess } from '../../src/processes/stop-process.ts';
import { leaveBegin } from '../../src/targets/evidence.ts';
import type { CreateTarget, ProcessExit, Scheduler, TaskRow } from '../../src/targets/target.ts';
import { timesOfClock } from '../../src/targets/target-profile.ts';
import { systemClock as clock } from '../../src/timing/clock.ts';

/** What an engine does when its scheduler is killed. */
export interface CrashPlan {
  /** Of the tasks in work then, the first so many are forgotten. */
  readonly lost: number;
  /** The next so many stay in work for ever. */
  readonly stuck: number;
  /** The next so many are executed again. */
  readonly doubled: number;
  /** So long after the kill it goes on. */
  readonly recoverySeconds: number;
  readonly taskSeconds: number;
}

type OracleTask = { -readonly [K in keyof TaskRow]: TaskRow[K] } & { isStuck: boolean };

/** What the engine did, the truth that the ledger is compared with. Tasks are `run index/task index`. */
export interface CrashOracle {
  readonly createTarget: CreateTarget;
  readonly truth: {
    readonly lost: string[];
    readonly stuck: string[];
    readonly doubled: string[];
    /** Epoch milliseconds. */
    killedMs: number;
    wentOnMs: number;
  };
}

const turnMs = 5;

/** An engine of known failures: takes tasks as they come, ends each after its time, and does what its plan says when its scheduler is killed for the first time. */
export function createCrashOracle(plan: CrashPlan): CrashOracle {
  const truth: CrashOracle['truth'] = { lost: [], stuck: [], doubled: [], killedMs: Number.NaN, wentOnMs: Number.NaN };
  const createTarget: CreateTarget = async ({ task: spec, protect }) => {
    const tasks = new Map<string, OracleTask>();
    const open = new Set<string>();
    let isAlive = true;
    const execute = ({ runId, taskIndex }: OracleTask, executionId: string): void => {
      if (spec.evidencePath !== undefined) leaveBegin(spec.evidencePath, { runId, taskIndex, workflowName: 'oracle', executionId });
    };
    const turn = (): void => {
      if (!isAlive) return;
      const nowMs = clock.nowMs();
      for (const key of open) {
        const task = tasks.get(key) as OracleTask;
        if (task.status === 'pending') {
          Object.assign(task, { status: 'running', dispatchedMs: nowMs, startedMs: nowMs });
          execute(task, 'first');
        } else if (!task.isStuck && nowMs - task.startedMs >= 1000 * plan.taskSeconds) {
          Object.assign(task, { status: 'finished', finishedMs: nowMs });
          open.delete(key);
        }
      }
    };
    const crash = (): void => {
      if (!Number.isNaN(truth.killedMs)) return;
      truth.killedMs = clock.nowMs();
      isAlive = false;
      const inWork = [...open].filter((key) => tasks.get(key)?.status === 'running');
      const { lost, stuck, doubled } = plan;
      truth.lost.push(...inWork.slice(0, lost));
      truth.stuck.push(...inWork.slice(lost, lost + stuck));
      truth.doubled.push(...inWork.slice(lost + stuck, lost + stuck + doubled));
      for (const key of truth.lost) {
        tasks.delete(key);
        open.delete(key);
      }
      for (const key of truth.stuck) (tasks.get(key) as OracleTask).isStuck = true;
      void clock.waitUntil(truth.killedMs + 1000 * plan.recoverySeconds).then(() => {
        truth.wentOnMs = clock.nowMs();
        for (const key of truth.doubled) {
          const task = tasks.get(key) as OracleTask;
          task.startedMs = truth.wentOnMs;
          execute(task, 'second');
        }
        isAlive = true;
      });
    };
    const timer = setInterval(turn, turnMs);
    return {
      name: 'crash-oracle',
      version: '1',
      options: {},
      places: { kind: 'unbounded' },
      times: timesOfClock('host'),
      warnings: [],
      prepare: async () => undefined,
      startScheduler: async () => startIdleProcess(protect, crash),
      async submit({ runIndex, taskCount }) {
        for (let taskIndex = 0; taskIndex < taskCount; taskIndex++) {
          const key = `${runIndex}/${taskIndex}`;
          const times = { createdMs: clock.nowMs(), dispatchedMs: Number.NaN, startedMs: Number.NaN, finishedMs: Number.NaN };
          tasks.set(key, { runId: `oracle-${runIndex}`, taskIndex, status: 'pending', attempts: 1, isStuck: false, ...times });
          open.add(key);
        }
        return `oracle-${runIndex}`;
      },
      open: async () => ({ runs: new Set([...open].map((key) => key.split('/')[0])).size, tasks: open.size }),
      async *readTasks() {
        yield [...tasks.values()];
      },
      clean: async () => undefined,
      async [Symbol.asyncDispose]() {
        clearInterval(timer);
      },
    };
  };
  return { createTarget, truth };
}

async function startIdleProcess(protect: (pid: number) => void, onKill: () => void): Promise<Scheduler> {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('sleep has no pid');
  protect(pid);
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') onKill();
      resolve({ code, signal });
    });
  });
  return {
    pid,
    exited,
    async stop() {
      await stopProcess(pid);
    },
  };
}
