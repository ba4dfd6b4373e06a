import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `condition` holds; throws, naming `what`, when that takes longer than `limitMs`. */
export async function waitUntil(what: string, condition: () => boolean | Promise<boolean>, limitMs = 5000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`expected within ${limitMs} ms: ${what}`);
    await delay(10);
  }
}
