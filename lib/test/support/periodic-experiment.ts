import type { Experiment } from '../../src/results/experiment.ts';
import type { Row } from '../../src/results/tables.ts';
import { replaceTables } from './build-experiment.ts';
import { handmadeExperiment, run, task, zeroMs } from './handmade-experiment.ts';

/** Seconds after zero of one firing; `due` left out: the engine does not say which moment it is for. */
export interface PlantedFiring {
  readonly schedule?: number;
  readonly due?: number;
  readonly created?: number;
  readonly began: number;
}

/** Two schedules that are due every 10 s, from a second before a moment of theirs on, for 60 s. Without planted ones each fires 0.2 s late. */
export function periodicExperiment(planted: readonly PlantedFiring[] = evenFirings()): Experiment {
  const base = handmadeExperiment({
    runs: [run(0, -1000, -990, 'submitted', { due: -1000 }), run(1, 59_000, 59_010, 'submitted', { due: 59_000 })],
    tasks: [0, 1].map((runIndex) =>
      task(
        'finished',
        { created: runIndex * 59_000, dispatched: runIndex * 59_000, started: runIndex * 59_000, finished: runIndex * 60_000 },
        { runIndex },
      ),
    ),
    times: { loadStartedMs: -1000, drainedMs: 60_000 },
  });
  const firings = planted.map(({ schedule = 0, due = Number.NaN, created = Number.NaN, began }): Row<'firings'> => ({
    scheduleIndex: schedule,
    dueMs: zeroMs + due * 1000,
    createdMs: zeroMs + created * 1000,
    beganMs: zeroMs + began * 1000,
  }));
  const { manifest } = base;
  const periodic = { schedules: 2, every: 10 };
  return { ...replaceTables(base, { firings }), manifest: { ...manifest, config: { ...manifest.config, periodic } } };
}

function evenFirings(): PlantedFiring[] {
  return [0, 1].flatMap((schedule) => [0, 10, 20, 30, 40, 50].map((due) => ({ schedule, due, began: due + 0.2 })));
}
