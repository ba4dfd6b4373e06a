import pg from 'pg';

/** A moment that Postgres told with microseconds, which a Date drops: always downwards, so that phases would seem too long. */
class PreciseDate extends Date {
  readonly epochMs: number;

  constructor(date: Date, fractionOfSecond: number) {
    super(date);
    this.epochMs = Math.floor(date.getTime() / 1000) * 1000 + fractionOfSecond * 1000;
  }
}

/** From now on, every timestamptz that this process reads keeps its microseconds beside what a Date holds. */
export function keepMicroseconds(): void {
  const { TIMESTAMPTZ } = pg.types.builtins;
  const parse = pg.types.getTypeParser(TIMESTAMPTZ) as (text: string) => unknown;
  pg.types.setTypeParser(TIMESTAMPTZ, (text: string) => {
    const date = parse(text);
    // Infinity is no Date.
    return date instanceof Date ? new PreciseDate(date, Number(/\.\d+/.exec(text)?.[0] ?? 0)) : date;
  });
}

/** Epoch milliseconds, with microseconds where they were kept. */
export function epochMsOf(date: Date): number {
  return date instanceof PreciseDate ? date.epochMs : date.getTime();
}
