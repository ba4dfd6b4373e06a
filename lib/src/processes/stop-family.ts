import { killLimitMs, leaveMs, stopGraceMs } from '../timing/stop-limits.ts';
import { type ProcessIdentity, findFamily } from './process-family.ts';
import type { ProcessStatus } from './process-status.ts';
import { send, until } from './stop-process.ts';

/**
 * Stops `roots` by `stop`, and then ends what they leave behind in whatever group or session, and all that carries `marker`.
 *
 * Resolves with what was left behind, to be said. Throws what `stop` throws, when the rest has been ended.
 */
export async function stopWithFamily(
  roots: readonly ProcessIdentity[],
  marker: string | undefined,
  stop: () => Promise<unknown>,
): Promise<readonly ProcessStatus[]> {
  // Before any of them ends: what is below a process that has ended can't be told any more.
  const family = [...roots, ...findFamily(roots)];
  let left: readonly ProcessStatus[] = [];
  try {
    await stop();
  } finally {
    const isNothingLeft = (): boolean => (left = findFamily(family, marker)).length === 0;
    if (!(await until(isNothingLeft, leaveMs))) await endFamily([...family, ...left], marker);
  }
  return left;
}

/** Ends all that `roots` brought forth, and all that carries `marker`: SIGTERM, SIGKILL after `graceMs`, those too that appear meanwhile. */
export async function endFamily(roots: readonly ProcessIdentity[], marker: string | undefined, graceMs = stopGraceMs): Promise<void> {
  const known = new Map(roots.map((root) => [root.pid, root]));
  for (const [signal, limitMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', killLimitMs],
  ] as const) {
    const signalled = new Set<number>();
    const areGone = (): boolean => {
      const family = findFamily([...known.values()], marker);
      for (const member of family) {
        known.set(member.pid, member);
        if (signalled.has(member.pid)) continue;
        signalled.add(member.pid);
        sendIfAllowed(member.pid, signal);
      }
      return family.length === 0;
    };
    if (await until(areGone, limitMs)) return;
  }
}

/** One that may not be signalled (sudo) must not save the others. */
export function sendIfAllowed(pid: number, signal: NodeJS.Signals): void {
  try {
    send(pid, signal);
  } catch {
    // It is still there, for those who look.
  }
}

const namesShown = 5;

/** A sentence about what an engine left behind, and was ended; none when it is nothing. */
export function leftBehind(left: readonly ProcessStatus[]): readonly string[] {
  if (left.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { name } of left) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].map(([name, count]) => (count === 1 ? name : `${count} ${name}`));
  const shown = names.length > namesShown ? [...names.slice(0, namesShown), '…'] : names;
  const what = left.length === 1 ? '1 process' : `${left.length} processes`;
  return [`When the engine was stopped it left ${what} running (${shown.join(', ')}); orchlab ended ${left.length === 1 ? 'it' : 'them'}.`];
}
