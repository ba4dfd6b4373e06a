import type { FaultOutcome } from '../../src/analysis/fault-ledger.ts';
import { seededRandom } from '../../src/random/seeded-random.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Row } from '../../src/results/tables.ts';
import { buildExperiment, replaceTables } from './build-experiment.ts';
import { type PlantedFault, type PlantedPlan, type PlantedTask, plantedTasks, workSeconds } from './faulty-engine.ts';
import { zeroMs } from './handmade-experiment.ts';

/** What is true of a fault of a planted experiment; NaN: there is no such moment. */
export interface PlantedTruth {
  /** Until a task begins again after a stop. */
  readonly detectedSeconds: number;
  /** Until the engine is whole again and tasks end as before; 0: they never ended at less; NaN: not before the next fault, or the last task had ended. */
  readonly recoverySeconds: number;
  readonly tasks: Readonly<Record<'lost' | 'stuck' | 'executedTwice', readonly string[]>>;
  readonly duplicates: number;
  readonly refusedRuns: number;
}

/** Executions are seen up to so long after they began. */
const seenWithinMs = 50;

/** The experiment of a plan, with what is true of each of its faults. */
export function faultedExperiment(plan: PlantedPlan): { readonly experiment: Experiment; readonly truths: readonly PlantedTruth[] } {
  const planted = plantedTasks(plan);
  const random = seededRandom(plan.seed + 1);
  const endMs = zeroMs + planted.reduce((last, { finishedMs }) => Math.max(last, finishedMs || 0), 1000 * plan.loadSeconds);
  const base = buildExperiment({ runs: 1, tasksPerRun: 1, sampleInterval: 10 });
  const experiment = replaceTables(base, {
    tasks: planted.flatMap((task, runIndex) => (task.isRefused ? [] : [taskRow(task, runIndex)])),
    runs: planted.map(runRow),
    events: plan.faults.map(({ atSeconds, seconds, effect }) => ({
      kind: 'pause',
      subject: 'scheduler 0',
      detail: effect,
      beganMs: zeroMs + 1000 * atSeconds,
      endedMs: zeroMs + 1000 * (atSeconds + seconds),
    })),
    executions: planted.flatMap(({ executionsMs }, runIndex) =>
      executionsMs.map((ms, index) => ({
        atMs: zeroMs + ms + seenWithinMs * random(),
        runId: `run-${runIndex}`,
        taskIndex: 0,
        executionId: `${index}`,
        beganMs: Number.NaN,
        endedMs: Number.NaN,
        outcome: 'unknown' as const,
      })),
    ),
  });
  const { manifest } = experiment;
  return {
    experiment: {
      ...experiment,
      manifest: {
        ...manifest,
        config: {
          ...manifest.config,
          tasks_per_workflow: 1,
          arrival: plan.load === 'closed' ? { closed: 1 } : plan.load === 'burst' ? 'burst' : { constant: plan.perSecond },
        },
        times: {
          startedMs: zeroMs - 1000,
          loadStartedMs: zeroMs,
          loadEndedMs: zeroMs + 1000 * plan.loadSeconds,
          drainedMs: endMs + 500,
          endedMs: endMs + 600,
        },
      },
    },
    truths: plan.faults.map((_, index) => truthOf(plan, planted, index)),
  };
}

function taskRow(task: PlantedTask, runIndex: number): Row<'tasks'> {
  const isLost = task.outcome === 'lost';
  return {
    runIndex,
    taskIndex: 0,
    status: task.outcome === 'finished' ? 'finished' : 'lost',
    // The engine has no row of what it lost.
    createdMs: isLost ? Number.NaN : zeroMs + task.dueMs,
    dispatchedMs: isLost ? Number.NaN : zeroMs + task.dispatchedMs,
    startedMs: isLost ? Number.NaN : zeroMs + task.dispatchedMs,
    finishedMs: task.outcome === 'finished' ? zeroMs + task.finishedMs : Number.NaN,
    attempts: 1,
    executions: task.executionsMs.length,
  };
}

function runRow({ dueMs, isRefused }: PlantedTask, runIndex: number): Row<'runs'> {
  return {
    runIndex,
    runId: `run-${runIndex}`,
    dueMs: zeroMs + dueMs,
    sentMs: zeroMs + dueMs,
    acknowledgedMs: zeroMs + dueMs,
    status: isRefused ? 'rejected' : 'submitted',
    error: '',
    workflow: 'standard',
    warmUp: false,
  };
}

function truthOf({ faults, perSecond }: PlantedPlan, planted: readonly PlantedTask[], index: number): PlantedTruth {
  const fault = faults[index] as PlantedFault;
  const nextSeconds = faults[index + 1]?.atSeconds ?? Infinity;
  const key = (runIndex: number): string => `${runIndex}/0`;
  const keys = (of: (task: PlantedTask) => boolean): readonly string[] =>
    planted.flatMap((task, runIndex) => (of(task) ? [key(runIndex)] : []));
  const outcome = (wanted: FaultOutcome) => (task: PlantedTask) => task.cutOffBy === index && task.outcome === wanted;
  /** One of its executions was cut off by this fault, and another followed. */
  const wasCutOff = ({ executionsMs }: PlantedTask): boolean =>
    executionsMs
      .slice(0, -1)
      .some((ms) => faults.findIndex(({ effect, atSeconds }) => effect === 'stop' && 1000 * atSeconds >= ms) === index);
  const doubled = keys(wasCutOff);
  const overSeconds = fault.atSeconds + fault.seconds;
  // A later stop that begins before this one is over keeps the engine from going on.
  const isCovered = nextSeconds <= overSeconds;
  const backMs = planted
    .flatMap(({ executionsMs }) => executionsMs)
    .filter((ms) => ms >= 1000 * overSeconds)
    .reduce((first, ms) => Math.min(first, ms), Infinity);
  const stops = fault.effect === 'stop' || fault.effect === 'freeze';
  const ownWorkSeconds = fault.effect === 'stop' ? workSeconds(perSecond) : 0;
  const lastEndSeconds = planted.reduce((last, { finishedMs }) => Math.max(last, finishedMs || 0), 0) / 1000;
  const backSeconds = overSeconds + ownWorkSeconds;
  return {
    // Where the next fault keeps it from going on, a task that is taken over after that tells.
    detectedSeconds: stops && (!isCovered || doubled.length > 0) ? backMs / 1000 - fault.atSeconds : Number.NaN,
    recoverySeconds:
      fault.effect === 'nothing' ? 0 : Math.min(nextSeconds, lastEndSeconds) <= backSeconds ? Number.NaN : fault.seconds + ownWorkSeconds,
    tasks: { lost: keys(outcome('lost')), stuck: keys(outcome('stuck')), executedTwice: doubled },
    duplicates: doubled.length,
    refusedRuns: planted.filter(({ isRefused, dueMs }) => isRefused && dueMs >= 1000 * fault.atSeconds && dueMs < 1000 * nextSeconds)
      .length,
  };
}
