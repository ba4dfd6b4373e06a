import type { SummaryOf } from './summary.ts';

/** Numbers that are not known (NaN, or infinite for want of time) as null: JSON has no other word for them. */
export function withNulls<T extends object>(figures: T): SummaryOf<T> {
  const known = (value: unknown): unknown =>
    typeof value === 'number' ? orNull(value) : typeof value === 'object' && value !== null ? withNulls(value) : value;
  if (Array.isArray(figures)) return figures.map(known) as SummaryOf<T>;
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, known(value)])) as SummaryOf<T>;
}

/** The number, or null where it is not known. */
export function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
