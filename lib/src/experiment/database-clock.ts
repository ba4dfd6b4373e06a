import { type DatabaseClient, connect } from '../database/database-client.ts';
import type { ClockComparison } from '../results/manifest.ts';
import type { TaskTime } from '../results/target-profile.ts';
import type { Target, TaskRow } from '../targets/target.ts';
import type { Clock } from '../timing/clock.ts';
import { withLimit } from '../timing/with-limit.ts';

/** One look at the database's clock. */
export interface ClockReading {
  /** The driver's clock in the middle of the round trip. */
  readonly atMs: number;
  /** Database less driver. */
  readonly skewMs: number;
  readonly uncertaintyMs: number;
}

const roundTrips = 10;
/** Connecting, and round trips that are much too slow to be of use. */
const readLimitSeconds = 10;
/** Times that are no finer than a millisecond can't be set right by less. */
const leastSkewMs = 1;
/** Date.now() drops the fraction of a millisecond, so it may well seem to be one behind. */
const leastStepMs = 2;

/**
 * Reads the database's clock over and over and takes the quickest round trip: the answer was given somewhere in it, so it is taken
 * for the middle and can be wrong by half of it (Cristian 1989, Probabilistic clock synchronization).
 */
export async function readDatabaseClock(client: Pick<DatabaseClient, 'query'>, clock: Clock): Promise<ClockReading> {
  let best: ClockReading = { atMs: Number.NaN, skewMs: Number.NaN, uncertaintyMs: Infinity };
  for (let count = 0; count < roundTrips; count++) {
    const askedMs = clock.nowMs();
    const [row] = await client.query<{ ms: number }>('SELECT /* orchlab */ extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms');
    const answeredMs = clock.nowMs();
    const uncertaintyMs = (answeredMs - askedMs) / 2;
    const atMs = askedMs + uncertaintyMs;
    if (row && uncertaintyMs < best.uncertaintyMs) best = { atMs, skewMs: row.ms - atMs, uncertaintyMs };
  }
  return best;
}

/** Compares the clocks of database and driver at the start and the end of a load, and sets task times to the driver's. */
export class DatabaseClock {
  private readonly databaseUrl: string;
  private readonly clock: Clock;
  private readonly readings: { start?: ClockReading; end?: ClockReading } = {};

  constructor(databaseUrl: string, clock: Clock) {
    this.databaseUrl = databaseUrl;
    this.clock = clock;
  }

  /** Takes the reading of that moment. A database that does not answer within 10 s gives none: that shows elsewhere. */
  async read(moment: 'start' | 'end', signal?: AbortSignal): Promise<void> {
    try {
      this.readings[moment] = await withLimit(this.ask(), readLimitSeconds, "reading the database's clock", signal);
    } catch {
      // not known, then
    }
  }

  private async ask(): Promise<ClockReading> {
    await using client = await connect(this.databaseUrl);
    return await readDatabaseClock(client, this.clock);
  }

  /** What the manifest says; undefined where the database never answered. */
  comparison(target: Pick<Target, 'times'>): ClockComparison | undefined {
    const { start, end } = this.readings;
    if (!start && !end) return undefined;
    return {
      skewMsStart: start?.skewMs ?? null,
      skewMsEnd: end?.skewMs ?? null,
      uncertaintyMs: Math.max(start?.uncertaintyMs ?? 0, end?.uncertaintyMs ?? 0),
      corrected: this.matters() && Object.values(target.times).some(({ clock }) => clock === 'database'),
    };
  }

  /** A function that sets the times of a task that come from the database to the driver's clock; undefined where that is not needed. */
  correction(target: Pick<Target, 'times'>): ((task: TaskRow) => TaskRow) | undefined {
    if (!this.matters()) return undefined;
    const { created, dispatched, started, finished } = target.times;
    const set = ({ clock }: TaskTime, ms: number): number => (clock === 'database' ? ms - this.skewAt(ms) : ms);
    return (task) => ({
      ...task,
      createdMs: set(created, task.createdMs),
      dispatchedMs: set(dispatched, task.dispatchedMs),
      startedMs: set(started, task.startedMs),
      finishedMs: set(finished, task.finishedMs),
    });
  }

  /** What the reader of the figures should know of the clocks. */
  warnings(target: Pick<Target, 'times'>): readonly string[] {
    const stepMs = Date.now() - this.clock.nowMs();
    const comparison = this.comparison(target);
    const skews = (['start', 'end'] as const).flatMap((moment) => {
      const reading = this.readings[moment];
      return reading ? [`${reading.skewMs.toFixed(1)} ± ${reading.uncertaintyMs.toFixed(1)} ms at the ${moment}`] : [];
    });
    return [
      ...(comparison && this.matters()
        ? [
            `The database's clock is ahead of the driver's by ${skews.join(', ')}: ` +
              (comparison.corrected ? "its times in the tasks table have been set to the driver's." : 'no task time comes from it.'),
          ]
        : []),
      ...(Math.abs(stepMs) > leastStepMs
        ? [
            `The clock of this machine was set by ${stepMs.toFixed(0)} ms during the experiment: times from the engine's processes are off by that.`,
          ]
        : []),
    ];
  }

  private matters(): boolean {
    return [this.readings.start, this.readings.end].some(
      (reading) => reading && Math.abs(reading.skewMs) > Math.max(leastSkewMs, reading.uncertaintyMs),
    );
  }

  /** Clocks drift apart steadily, so between two readings the skew is taken from the line through them. */
  private skewAt(ms: number): number {
    const { start, end } = this.readings;
    if (!start || !end) return (start ?? end)?.skewMs ?? 0;
    const share = Math.min(1, Math.max(0, (ms - start.skewMs - start.atMs) / (end.atMs - start.atMs)));
    return start.skewMs + share * (end.skewMs - start.skewMs);
  }
}
