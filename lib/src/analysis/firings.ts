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
 * on, up to a period before the experiment was over, so that each had a whole period to fire in. A firing of an engine that does not say which moment it is for
 * is taken for the last before it was made; the first of two for the one before that, where none was for that.
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
  let isSaid = true;
  for (const { scheduleIndex, dueMs, ...fired } of firingRows(experiment)) {
    const of = schedules[scheduleIndex];
    const moment = Number.isNaN(dueMs) ? Math.floor(fired.createdMs / periodMs) * periodMs : dueMs;
    of?.get(moment)?.push(fired);
    isSaid &&= !Number.isNaN(dueMs);
  }
  if (!isSaid) for (const of of schedules) moveBelated(of, periodMs);
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

/** What was made only after the next moment, and so was taken for that one's. */
function moveBelated(fired: ReadonlyMap<number, Fired[]>, periodMs: number): void {
  for (const [dueMs, here] of fired) {
    const before = fired.get(dueMs - periodMs);
    const [first] = here;
    if (here.length < 2 || before?.length !== 0 || !first || first.createdMs - dueMs > graceSeconds * 1000) continue;
    here.shift();
    before.push(first);
  }
}
