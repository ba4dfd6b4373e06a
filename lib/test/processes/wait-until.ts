import { setTimeout as delay } from 'node:timers/promises';

/** Only what hangs takes so long, also on a machine that is busy. */
const limitMs = 60_000;

/** Waits until `condition` holds; throws, naming `what`, when that takes longer than a minute. */
export async function waitUntil(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`expected within ${limitMs / 1000} s: ${what}`);
    await delay(10);
  }
}
