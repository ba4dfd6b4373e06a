import { bisectRight } from 'd3-array';
import type { Row } from '../../src/results/tables.ts';

export type SimulatedTask = Row<'tasks'>;

interface Simulation {
  readonly seed: number;
  readonly firstSentMs: number;
  readonly sendSeconds: number;
  readonly runs: number;
  readonly tasksPerRun: number;
  readonly durationMs: number;
  readonly slots: number;
  readonly failures: number;
  readonly cancelled: number;
  readonly lost: number;
}

/** Runs submitted over time, their tasks served first come, first served by a number of slots; NaN for what did not happen. */
export function simulateTasks(plan: Simulation): { readonly runs: readonly Row<'runs'>[]; readonly tasks: readonly SimulatedTask[] } {
  const random = seededRandom(plan.seed);
  const { runs: runCount, tasksPerRun } = plan;
  // A burst of 20 submissions at once, 4 ms each, is one submission each 0.2 ms; here a calmer 2 ms.
  const intervalMs = plan.sendSeconds > 0 ? (plan.sendSeconds * 1000) / runCount : 2;
  const ending = chooseEndings(plan);
  const slotFreeMs = new Float64Array(plan.slots).fill(plan.firstSentMs);
  const runs: Row<'runs'>[] = [];
  const tasks: SimulatedTask[] = [];
  for (let runIndex = 0; runIndex < runCount; runIndex++) {
    const sentMs = plan.firstSentMs + runIndex * intervalMs;
    const acknowledgedMs = sentMs + 3 + 2 * random();
    const runId = `run-${runIndex}`;
    const dueMs = plan.sendSeconds > 0 ? sentMs - 0.5 : plan.firstSentMs;
    runs.push({ runIndex, runId, dueMs, sentMs, acknowledgedMs, status: 'submitted', error: '', workflow: 'standard', warmUp: false });
    for (let taskIndex = 0; taskIndex < tasksPerRun; taskIndex++) {
      const status = ending(tasks.length);
      const createdMs = acknowledgedMs + 5 + taskIndex * 0.4;
      if (status === 'cancelled') {
        const finishedMs = createdMs + 20;
        tasks.push({
          runIndex,
          taskIndex,
          status,
          createdMs,
          dispatchedMs: Number.NaN,
          startedMs: Number.NaN,
          finishedMs,
          attempts: 0,
          executions: 0,
        });
        continue;
      }
      const slot = slotFreeMs.indexOf(Math.min(...slotFreeMs));
      const dispatchedMs = Math.max(createdMs + 4 + 8 * random(), (slotFreeMs[slot] ?? 0) + 3);
      const startedMs = dispatchedMs + 4 + 4 * random();
      // A tenth of the tasks takes noticeably longer, as real ones do.
      const endedMs = startedMs + plan.durationMs + 12 + 10 * random() + (random() < 0.1 ? 40 * random() : 0);
      slotFreeMs[slot] = endedMs;
      const finishedMs = status === 'lost' ? Number.NaN : endedMs;
      tasks.push({ runIndex, taskIndex, status, createdMs, dispatchedMs, startedMs, finishedMs, attempts: 1, executions: 1 });
    }
  }
  return { runs, tasks };
}

/** Tasks by state at a moment, as an engine's tables would show it; `ended` counts finished and failed ones. */
export function countStates(tasks: readonly SimulatedTask[]): (atMs: number) => {
  pending: number;
  dispatched: number;
  running: number;
  finished: number;
  failed: number;
  cancelled: number;
  ended: number;
} {
  const sorted = (pick: (task: SimulatedTask) => number): Float64Array => Float64Array.from(tasks, pick).filter(Number.isFinite).sort();
  const ofStatus = (status: string): Float64Array => sorted((task) => (task.status === status ? task.finishedMs : Number.NaN));
  const created = sorted((task) => task.createdMs);
  const dispatched = sorted((task) => task.dispatchedMs);
  const started = sorted((task) => task.startedMs);
  const ends = { finished: ofStatus('finished'), failed: ofStatus('failed'), cancelled: ofStatus('cancelled') };
  return (atMs) => {
    const finished = bisectRight(ends.finished, atMs);
    const failed = bisectRight(ends.failed, atMs);
    const cancelled = bisectRight(ends.cancelled, atMs);
    const startedCount = bisectRight(started, atMs);
    const dispatchedCount = bisectRight(dispatched, atMs);
    return {
      pending: bisectRight(created, atMs) - dispatchedCount - cancelled,
      dispatched: dispatchedCount - startedCount,
      running: startedCount - finished - failed,
      finished,
      failed,
      cancelled,
      ended: finished + failed,
    };
  };
}

/** Which task ends how: the unlucky ones are spread evenly, failed first, then cancelled, then lost. */
function chooseEndings(plan: Simulation): (index: number) => SimulatedTask['status'] {
  const total = plan.runs * plan.tasksPerRun;
  const unlucky: readonly SimulatedTask['status'][] = [
    ...Array.from({ length: plan.failures }, () => 'failed' as const),
    ...Array.from({ length: plan.cancelled }, () => 'cancelled' as const),
    ...Array.from({ length: plan.lost }, () => 'lost' as const),
  ];
  if (unlucky.length > total) throw new RangeError(`expected at most ${total} failed, cancelled and lost tasks, got ${unlucky.length}`);
  const endings = new Map(unlucky.map((status, index) => [Math.floor((index * total) / unlucky.length), status]));
  return (index) => endings.get(index) ?? 'finished';
}

/** mulberry32: 32 bits of state, enough for test data. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
