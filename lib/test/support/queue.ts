import type { Experiment } from '../../src/results/experiment.ts';
import { boundedPlaces } from '../../src/targets/target-profile.ts';
import { handmadeExperiment, run, task } from './handmade-experiment.ts';

interface Queue {
  /** When each run, of `tasksPerRun` tasks, is due. Milliseconds. */
  readonly dueMs: readonly number[];
  readonly tasksPerRun?: number;
  readonly places: number;
  readonly serviceMs: number;
  /** Nothing is dispatched or ends in this time; what was in place goes on afterwards. */
  readonly stall?: { readonly fromMs: number; readonly toMs: number };
  /** As in a config; default burst, though runs come as they are due. */
  readonly arrival?: object;
  readonly maxInFlight?: number;
  /** Of each run: when it was sent after it was due. Default 1 ms. */
  readonly lateMs?: (due: number) => number;
}

/** What a target of so many places does that takes tasks in the order in which they come: every number of it can be worked out. */
export function queueExperiment({ tasksPerRun = 1, lateMs = () => 1, ...queue }: Queue): Experiment {
  const { dueMs, places, serviceMs, stall } = queue;
  const afterStall = (ms: number): number => (stall && ms >= stall.fromMs && ms < stall.toMs ? stall.toMs : ms);
  const freeMs = Array.from({ length: places }, () => 0);
  const tasks = dueMs.flatMap((due, runIndex) =>
    Array.from({ length: tasksPerRun }, (_, taskIndex) => {
      const created = due + lateMs(due);
      const place = freeMs.indexOf(Math.min(...freeMs));
      const dispatched = afterStall(Math.max(created, freeMs[place] ?? 0));
      const finished = afterStall(dispatched + serviceMs);
      freeMs[place] = finished;
      return task('finished', { created, dispatched, started: dispatched, finished }, { runIndex, taskIndex });
    }),
  );
  const runs = dueMs.map((due, index) => run(index, due + lateMs(due), due + lateMs(due), 'submitted', { due }));
  const experiment = handmadeExperiment({ runs, tasks, tasksPerRun });
  const { config } = experiment.manifest;
  const changed = {
    ...config,
    duration: serviceMs / 1000,
    ...(queue.arrival && { arrival: queue.arrival }),
    ...(queue.maxInFlight === undefined ? {} : { max_in_flight: queue.maxInFlight }),
  } as typeof config;
  const target = { ...experiment.manifest.target, places: boundedPlaces('places', places, 1) };
  return { ...experiment, manifest: { ...experiment.manifest, config: changed, target } };
}

/** Due times, so many a second, in [fromSeconds, toSeconds). Milliseconds. */
export function evenly(perSecond: number, fromSeconds: number, toSeconds: number): readonly number[] {
  return Array.from(
    { length: Math.round(perSecond * (toSeconds - fromSeconds)) },
    (_, index) => 1000 * fromSeconds + (1000 * index) / perSecond,
  );
}
