import pg from 'pg';
import { expect, it } from 'vitest';
import { epochMsOf, keepMicroseconds } from '../../src/targets/graphile-worker/precise-date.ts';

it.each([
  ['2026-11-23 10:00:00.123456+00', 0.456],
  ['2026-11-23 11:00:00.123+01', 0],
  ['2026-11-23 10:00:00+00', -123],
])('keeps the microseconds of %s beside what a Date holds', (text, beyondMs) => {
  keepMicroseconds();
  const date: unknown = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ)(text);
  if (!(date instanceof Date)) throw new Error('expected a Date');
  expect(epochMsOf(date)).toBeCloseTo(Date.UTC(2026, 10, 23, 10, 0, 0, 123) + beyondMs, 3);
  expect(date.getTime()).toBe(Date.UTC(2026, 10, 23, 10, 0, 0, beyondMs < 0 ? 0 : 123));
  expect(epochMsOf(new Date(5))).toBe(5);
});
