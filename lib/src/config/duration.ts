import { z } from 'zod';

const secondsOf: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86_400 };
const part = String.raw`\d+(?:\.\d+)?\s*(?:ms|s|min|m|h|d)`;
const duration = new RegExp(String.raw`^\s*${part}(?:\s*${part})*\s*$`);

/** What a duration may look like, for error messages. */
export const durationWords = 'seconds, or a duration such as 90s, 45m, 6h or 1h30m';

/** Seconds, from `90`, `90s`, `45m` (or `45min`), `6h`, `2d`, `500ms` or several of these together (`1h30m`); undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return Number(text);
  if (!duration.test(text)) return undefined;
  const milliseconds = [...text.matchAll(/(?<count>[\d.]+)\s*(?<unit>[a-z]+)/g)].reduce(
    (sum, { groups: { count = '', unit = '' } = {} }) => sum + Number(count) * (secondsOf[unit] ?? Number.NaN) * 1000,
    0,
  );
  return milliseconds / 1000;
}

/** A key of a config that is a length of time: a number of seconds, or a duration as people write it, which is then checked as its seconds. */
export function durationSchema<T extends z.ZodType<number, number>>(seconds: T) {
  const withUnit = z
    .string()
    .regex(duration, { error: durationWords })
    .describe('With its unit: 90s, 45m, 6h, 1h30m.')
    .transform((text) => parseDuration(text) ?? Number.NaN)
    .pipe(seconds);
  return z.union([withUnit, seconds], { error: durationWords });
}
