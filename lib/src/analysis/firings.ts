import { from } from 'arquero';
import { momentsBetween } from '../config/periodic.ts';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn, wholeColumn } from './columns.ts';
import type { FigureTable } from './figure-tables.ts';
import { loadSpan } from './load-span.ts';
import { perExperiment } from './per-experiment.ts';

/** An engine that does not say which moment a firing is for makes its work within a period of that, and a little. */
const graceSeconds = 5;

interface Fired {
  readonly createdMs: number;
  readonly beganMs: number;
}

/**
 * What became of each moment at which a schedule of periodic work was due while there was load, one row a schedule and moment: those from the first submission
 * on, up to a period before the experiment was over, so that each had a whole period to fire in. Firings of an engine that does not say which moment they are for
 * are each taken for the earliest in reach that no other was for.
 *
 * Columns: schedule; dueSeconds (since the first submission); firings (0: missed, 2: doubled); latenessSeconds (from due to the first begin, NaN where it was
 * missed).
 */
export const firingsOf = perExperiment((experiment: Experiment): FigureTable<'firingsOf'> => {
  const { periodic } = experiment.manifest.config;
  if (periodic === undefined) return from([]) as FigureTable<'firingsOf'>;
  const { originMs, endMs } = loadSpan(experiment);
  const periodMs = periodic.every * 1000;
  // Those of before, too: a firing may be for one of them.
  const moments = momentsBetween(periodic, originMs - 2 * periodMs, endMs);
  const schedules = Array.from({ length: periodic.schedules }, () => new Map(moments.map((dueMs) => [dueMs, [] as Fired[]])));
  for (const { scheduleIndex, dueMs, ...fired } of firingRows(experiment)) {
    const of = schedules[scheduleIndex];
    const moment = Number.isNaN(dueMs) ? momentOf(fired, of ?? new Map<number, Fired[]>(), periodMs) : dueMs;
    of?.get(moment)?.push(fired);
  }
  const rows = schedules.flatMap((of, schedule) =>
    [...of]
      .filter(([dueMs]) => dueMs >= originMs && dueMs <= endMs - periodMs)
      .map(([dueMs, fired]) => ({
        schedule,
        dueSeconds: (dueMs - originMs) / 1000,
        firings: fired.length,
        latenessSeconds: fired.length === 0 ? Number.NaN : (Math.min(...fired.map(({ beganMs }) => beganMs)) - dueMs) / 1000,
      })),
  );
  return from(rows) as FigureTable<'firingsOf'>;
});

/** In the order in which their work was made, or begun where that is not known. */
function firingRows({ firings }: Experiment): ({ readonly scheduleIndex: number; readonly dueMs: number } & Fired)[] {
  if (firings.numRows() === 0) return [];
  const schedule = wholeColumn(firings, 'scheduleIndex');
  const [due, created, began] = ['dueMs', 'createdMs', 'beganMs'].map((name) => numberColumn(firings, name)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const rows = Array.from(schedule, (scheduleIndex, row) => {
    const beganMs = began[row] as number;
    const createdMs = created[row] as number;
    return { scheduleIndex, dueMs: due[row] as number, createdMs: Number.isNaN(createdMs) ? beganMs : createdMs, beganMs };
  });
  return rows.toSorted((one, other) => one.createdMs - other.createdMs);
}

function momentOf({ createdMs }: Fired, fired: ReadonlyMap<number, readonly Fired[]>, periodMs: number): number {
  const inReach = [...fired].filter(([dueMs]) => dueMs <= createdMs && dueMs > createdMs - periodMs - graceSeconds * 1000);
  const [untaken] = inReach.find(([, others]) => others.length === 0) ?? inReach.at(-1) ?? [Number.NaN];
  return untaken;
}
