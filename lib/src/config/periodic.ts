import { z } from 'zod';
import { type LoadSize, plannedSeconds } from './arrival.ts';
import type { Contradiction } from './check-load.ts';
import { durationSchema } from './duration.ts';

/** Each is a row in a table of the engine's, and a firing a period. */
const mostSchedules = 10_000;

/** Periods that a cron expression says without a gap at the turn of a minute or an hour. */
function isEven(seconds: number): boolean {
  const minutes = seconds / 60;
  return minutes < 1 ? Number.isInteger(seconds) && 60 % seconds === 0 : Number.isInteger(minutes) && minutes <= 60 && 60 % minutes === 0;
}

/** Work that the engine begins by itself, at moments that are known beforehand. */
export const periodicSchema = z
  .strictObject({
    schedules: z
      .int()
      .min(1)
      .max(mostSchedules)
      .default(1)
      .describe('How many schedules the engine has, each of which fires at every moment.'),
    every: durationSchema(z.number().positive())
      .refine(isEven, { error: 'seconds that 60 is a multiple of, or minutes that 60 is (10s, 1m, 5m)' })
      .describe('The period, from full minutes or hours of UTC on: seconds, or 10s, 1m.'),
  })
  .describe(
    "Periodic work beside the load, by the engine's own schedules (cron): which moments it missed, which it fired at twice, and how late (docs/timed.md).",
  );

export type Periodic = z.output<typeof periodicSchema>;

/** Where the load is too short to tell of any moment. */
export function checkPeriods({ periodic, ...load }: LoadSize & { readonly periodic?: Periodic | undefined }): readonly Contradiction[] {
  if (periodic === undefined) return [];
  const least = 2 * periodic.every;
  const seconds = plannedSeconds(load);
  return Number.isNaN(seconds) || seconds >= least
    ? []
    : [
        {
          path: ['periodic', 'every'],
          expected: `a load of two periods or more, ${least} s here (load_seconds, with an arrival that is no burst)`,
          got: `a load of ${seconds} s`,
        },
      ];
}

/** For instance `10 schedules, every 60 s`. */
export function describePeriodic({ schedules, every }: Periodic): string {
  return `${schedules} ${schedules === 1 ? 'schedule' : 'schedules'}, every ${every} s`;
}

/** Its cron expression: with a field for seconds before the others where the period is below a minute. */
export function cronOf({ every }: Pick<Periodic, 'every'>): string {
  if (every < 60) return `*/${every} * * * * *`;
  return every === 3600 ? '0 * * * *' : `*/${every / 60} * * * *`;
}

/** The moments of a schedule from one to another, both of which may be among them; epoch milliseconds. */
export function momentsBetween({ every }: Pick<Periodic, 'every'>, fromMs: number, toMs: number): number[] {
  const periodMs = every * 1000;
  const firstMs = Math.ceil(fromMs / periodMs) * periodMs;
  return Array.from({ length: Math.max(0, Math.floor((toMs - firstMs) / periodMs) + 1) }, (_, index) => firstMs + index * periodMs);
}
