import { readFileSync } from 'node:fs';

/** What golden/make_golden.py wrote, of the shape that the caller knows it to have; null is NaN. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function golden<T>(name: string): T {
  const text = readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8');
  return JSON.parse(text, (_key, value: unknown) => value ?? Number.NaN) as T;
}
