// The process behind guard.ts. It only reads lines and, when they end, cleans up: keep it small, node: modules only.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { GuardMessage } from './guard-message.ts';
import { stopProcess } from './stop-process.ts';

type Entry = Exclude<GuardMessage, { kind: 'release' }>;

// The guard leaves when its owner is gone, not when somebody signals everything in sight.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined);

const entries = new Map<number | string, Entry>();

// The kernel keeps what an owner wrote just before it was killed, and ends the stream after it.
for await (const line of createInterface({ input: process.stdin })) {
  const message = parse(line);
  if (message?.kind === 'process') entries.set(message.pid, message);
  if (message?.kind === 'directory') entries.set(message.path, message);
  if (message?.kind === 'release') entries.delete(message.what);
}

const left = [...entries.values()];
// One that can't be stopped must not save the others.
await Promise.allSettled(left.map(async (entry) => entry.kind === 'process' && (await stopProcess(entry.pid, entry))));
for (const entry of left) {
  if (entry.kind !== 'directory') continue;
  try {
    rmSync(entry.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  } catch {
    // Nobody is left to be told.
  }
}
process.exit(0);

function parse(line: string): GuardMessage | undefined {
  try {
    return JSON.parse(line) as GuardMessage;
  } catch {
    return undefined; // Cut off: the owner was killed while writing it.
  }
}
