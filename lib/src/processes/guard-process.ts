// The process behind guard.ts. It only reads lines and, when they end, cleans up: keep it small, node: modules only.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { GuardMessage } from './guard.ts';
import { stopGraceMs } from '../timing/stop-limits.ts';
import { findFamily } from './process-family.ts';
import { redactFile } from './secrets.ts';
import { endFamily, sendIfAllowed } from './stop-family.ts';
import { stopProcess } from './stop-process.ts';

type Entry = Exclude<GuardMessage, { kind: 'release' }>;

// The guard leaves when its owner is gone, not when somebody signals everything in sight.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined);

const [marker] = process.argv.slice(2);
const entries = new Map<number | string, Entry>();

// The kernel keeps what an owner wrote just before it was killed, and ends the stream after it.
for await (const line of createInterface({ input: process.stdin })) {
  const message = parse(line);
  if (message?.kind === 'process') entries.set(message.pid, message);
  if (message?.kind === 'directory' || message?.kind === 'log') entries.set(message.path, message);
  if (message?.kind === 'release') entries.delete(message.what);
}

const left = [...entries.values()];
const processes = left.filter((entry) => entry.kind === 'process');
const groups = processes.filter(({ processGroup }) => processGroup);
// Before any of them ends: what is below a process that has ended can't be told any more.
const family = findFamily(groups, marker);
// One that can't be stopped must not save the others. Postgres, and whatever else leads no group, last: they work with it.
await Promise.allSettled([
  ...groups.map(stop),
  endFamily([...groups, ...family], marker, Math.max(stopGraceMs, ...groups.map(({ graceMs }) => graceMs))),
]);
for (const entry of processes.filter(({ processGroup }) => !processGroup)) {
  // One that a fault had stopped (SIGSTOP) ends in order only when it goes on, and so does what it started.
  for (const { pid } of findFamily([entry])) sendIfAllowed(pid, 'SIGCONT');
}
await Promise.allSettled(processes.filter(({ processGroup }) => !processGroup).map(stop));
// What wrote to them has ended. One that is gone, or a full disk: nobody is left to be told.
await Promise.allSettled(left.filter((entry) => entry.kind === 'log').map(async ({ path, secrets }) => redactFile(path, secrets)));
for (const entry of left) {
  if (entry.kind !== 'directory') continue;
  try {
    rmSync(entry.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  } catch {
    // Nobody is left to be told.
  }
}
process.exit(0);

async function stop(entry: Extract<Entry, { kind: 'process' }>): Promise<void> {
  await stopProcess(entry.pid, entry);
}

function parse(line: string): GuardMessage | undefined {
  try {
    return JSON.parse(line) as GuardMessage;
  } catch {
    return undefined; // Cut off: the owner was killed while writing it.
  }
}
