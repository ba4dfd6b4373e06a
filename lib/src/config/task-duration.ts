import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { drawCount, drawOf, taskDigest } from '../random/task-draw.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { normalQuantile } from '../statistics/normal.ts';
import { longestTimerSeconds } from '../timing/clock.ts';
import { foldersOf } from './shipped.ts';
import { findWorkspace } from './workspace.ts';

/** Measured durations are kept in the config as so many quantiles, or all of them where they are fewer. */
const mostMeasured = 1000;
/** A file of more bytes is not one of durations. */
const mostFileBytes = 64 * 1024 * 1024;
/** Beyond it nearly all of the work is in a task or two. */
const mostSigma = 4;

const seconds = z.number().min(0).max(longestTimerSeconds);
const positiveSeconds = z.number().positive().max(longestTimerSeconds);
const sigma = z.number().min(0).max(mostSigma).describe('Standard deviation of the natural logarithm of the seconds.');

const measuredSchema = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .describe('Of measured durations, in seconds, one a line (# begins a comment): from the working directory, or in perf-configs/.'),
    quantiles: z
      .array(seconds)
      .min(1)
      .max(mostMeasured)
      .optional()
      .describe('What was read of it, in place of reading it again: as a config that was read has it.'),
  })
  .transform(({ file, quantiles }, context) => {
    try {
      return { file, quantiles: quantiles ?? readMeasured(file) };
    } catch (error) {
      context.addIssue({ code: 'custom', path: ['file'], message: 'a file of durations in seconds, one a line', input: reasonOf(error) });
      return z.NEVER;
    }
  });

const kinds =
  '{ exponential: mean }, { lognormal: { median (or mean), sigma } }, { bimodal: { short, long, long_share } } or { file: path }';

/** How long a task works: seconds, the same for each, or what each task's is drawn from. */
export type TaskDuration =
  | number
  | { readonly exponential: number }
  | { readonly lognormal: { readonly median: number; readonly sigma: number } | { readonly mean: number; readonly sigma: number } }
  | { readonly bimodal: { readonly short: number; readonly long: number; readonly long_share: number } }
  | { readonly file: string; readonly quantiles: readonly number[] };

export const taskDurationSchema = z
  .union(
    [
      seconds.describe('Seconds, for each the same.'),
      z.strictObject({ exponential: positiveSeconds.describe('Seconds on average: many short ones, a few long ones.') }),
      z.strictObject({
        lognormal: z.union(
          [
            z.strictObject({ median: positiveSeconds.describe('Half of the tasks take less.'), sigma }),
            z.strictObject({ mean: positiveSeconds.describe('Seconds on average.'), sigma }),
          ],
          { error: '{ median, sigma } or { mean, sigma }' },
        ),
      }),
      z.strictObject({
        bimodal: z.strictObject({
          short: seconds.describe('Seconds of most tasks.'),
          long: positiveSeconds.describe('Seconds of the others.'),
          long_share: z.number().min(0).max(1).describe('Share of the others.'),
        }),
      }),
      measuredSchema,
    ],
    { error: `a number of seconds, ${kinds}` },
  )
  .refine((duration: TaskDuration) => Math.max(...drawsOf(duration)) <= longestTimerSeconds, {
    error: `a distribution whose draws are at most ${longestTimerSeconds} s`,
  });

const known = new WeakMap<object, Float64Array>();

/**
 * The durations that a task may draw, in seconds, ascending, each as likely as any other: one where it is fixed, else the `drawCount` quantiles at
 * (i + 1/2) / `drawCount`. All that is said of a distribution (mean, longest, what was asked of a task) is said of these, so that it holds exactly.
 */
export function drawsOf(duration: TaskDuration): Float64Array {
  if (typeof duration === 'number') return Float64Array.of(duration);
  let draws = known.get(duration);
  if (!draws)
    known.set(
      duration,
      (draws = Float64Array.from({ length: drawCount }, (_, index) => round(quantile(duration, (index + 0.5) / drawCount)))),
    );
  return draws;
}

/** What the task is to work, seconds: the draw that its digest chooses. */
export function drawnSeconds(duration: TaskDuration, runId: string, taskIndex: number): number {
  if (typeof duration === 'number') return duration;
  return drawsOf(duration)[drawOf(taskDigest(runId, taskIndex))] ?? Number.NaN;
}

/** The mean over the draws of a function of their seconds; by default of the seconds themselves. */
export function meanOfDraws(duration: TaskDuration, of: (seconds: number) => number = (each) => each): number {
  const draws = drawsOf(duration);
  return draws.reduce((sum, each) => sum + of(each), 0) / draws.length;
}

/** The longest that any task may work, seconds. */
export function longestDraw(duration: TaskDuration): number {
  return drawsOf(duration).at(-1) ?? 0;
}

/** The shortest that any task may work, seconds. */
export function shortestDraw(duration: TaskDuration): number {
  return drawsOf(duration)[0] ?? 0;
}

/** For instance `0.1 s`, or `0.1 s on average (exponential)`. */
export function describeDuration(duration: TaskDuration): string {
  if (typeof duration === 'number') return `${duration} s`;
  const mean = `${Number(meanOfDraws(duration).toPrecision(3))} s on average`;
  if ('exponential' in duration) return `${mean} (exponential)`;
  if ('lognormal' in duration) return `${mean} (lognormal, sigma ${duration.lognormal.sigma})`;
  if ('bimodal' in duration) {
    const { short, long, long_share } = duration.bimodal;
    return `${mean} (${short} s, and ${long} s for ${Number((100 * long_share).toPrecision(3))} %)`;
  }
  return `${mean} (as measured: ${duration.file})`;
}

/** The duration below which a share `p` of the tasks are, by the distribution itself. */
function quantile(duration: Exclude<TaskDuration, number>, p: number): number {
  if ('exponential' in duration) return -duration.exponential * Math.log1p(-p);
  if ('lognormal' in duration) {
    const { lognormal } = duration;
    const median = 'median' in lognormal ? lognormal.median : lognormal.mean / Math.exp(lognormal.sigma ** 2 / 2);
    return median * Math.exp(lognormal.sigma * normalQuantile(p));
  }
  if ('bimodal' in duration) {
    const { short, long, long_share } = duration.bimodal;
    return p < 1 - long_share === short <= long ? Math.min(short, long) : Math.max(short, long);
  }
  return duration.quantiles[Math.floor(p * duration.quantiles.length)] ?? Number.NaN;
}

/** To whole microseconds: a text of it in a script's table is the same number. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function readMeasured(file: string): number[] {
  const candidates = [resolve(file), ...foldersOf('configs', findWorkspace()).map((folder) => join(folder, file))];
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`${file}, which does not exist`);
  const text = readFileSync(path, 'utf8').slice(0, mostFileBytes);
  const values = text.split('\n').flatMap((line, index) => {
    const words = line.replace(/#.*/, '').trim();
    if (words === '') return [];
    const value = Number(words);
    if (!(value >= 0 && value <= longestTimerSeconds))
      throw new Error(`${JSON.stringify(words.slice(0, 40))} in line ${index + 1} of ${file}`);
    return [value];
  });
  if (values.length === 0) throw new Error(`no number in ${file}`);
  const sorted = Float64Array.from(values).sort();
  if (sorted.length <= mostMeasured) return [...sorted];
  return Array.from({ length: mostMeasured }, (_, index) => sorted[Math.floor(((index + 0.5) / mostMeasured) * sorted.length)] ?? 0);
}
