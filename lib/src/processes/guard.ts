import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname, isAbsolute, join } from 'node:path';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { guardEndMs, stopGraceMs } from '../timing/stop-limits.ts';
import { markerName } from './process-family.ts';
import { readProcessStatus } from './process-status.ts';
import { stopProcess } from './stop-process.ts';

export interface ProtectOptions {
  /** End the whole process group that the process leads, and all that came from it, in whatever group or session. Default false. */
  readonly processGroup?: boolean;
  /** The first signal it gets. Default SIGTERM. */
  readonly signal?: NodeJS.Signals;
  /** Milliseconds from the first signal to SIGKILL. Default 3000. */
  readonly graceMs?: number;
}

/** A small process that ends what its owner started when the owner is gone, however it went (also by SIGKILL). */
export interface Guard extends AsyncDisposable {
  readonly pid: number;
  /** What those carry in their environment that this process starts, and those that they start; undefined where it marks none. */
  readonly marker: string | undefined;
  /** Has the guard end process `pid` when this process ends. Call it right after spawning. */
  protect(pid: number, options?: ProtectOptions): void;
  /** Has the guard remove the directory `path` (absolute), after the processes have ended. Call it before making it. */
  protectDirectory(path: string): void;
  /**
   * Has the guard take secrets out of the file `path` (absolute), after the processes have ended that write to it. They go through a pipe: to
   * no argument, environment or file.
   */
  protectLog(path: string, secrets: readonly string[]): void;
  /** Takes back a protection: the process has ended, the directory is removed or shall stay, the secrets are out of the log. */
  release(pidOrPath: number | string): void;
  /** Ends the guard, which first cleans up what is still protected. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What an owner tells its guard: one JSON object a line. */
export type GuardMessage =
  | {
      readonly kind: 'process';
      readonly pid: number;
      readonly startTime: string;
      readonly processGroup: boolean;
      readonly signal: NodeJS.Signals;
      readonly graceMs: number;
    }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'log'; readonly path: string; readonly secrets: readonly string[] }
  | { readonly kind: 'release'; readonly what: number | string };

/** A file that processes write to, and what must not stay in it. */
export interface GuardedLog {
  readonly path: string;
  readonly secrets: readonly string[];
}

/**
 * Protects the process group that process `pid` leads, and the log that it writes: returns what takes that back, for when the group has ended and
 * its log holds no secret any more.
 */
export type ProtectGroup = (pid: number, ...logs: readonly GuardedLog[]) => () => void;

/** Has `guard` end groups, and all that came from them. */
export function killGroupsWith(guard: Guard): ProtectGroup {
  return (pid, ...logs) => {
    guard.protect(pid, { processGroup: true });
    for (const { path, secrets } of logs) guard.protectLog(path, secrets);
    return () => {
      for (const what of [pid, ...logs.map(({ path }) => path)]) guard.release(what);
    };
  };
}

export interface GuardOptions {
  /**
   * Marks all that this process starts until the guard is disposed of, by its environment, and has the guard end what carries the mark,
   * protected or not. For one guard of a process at a time. Default false.
   */
  readonly marks?: boolean;
}

/** Starts the guard of this process: one is enough for all that it starts. Never keeps this process alive. */
export function startGuard({ marks = false }: GuardOptions = {}): Guard {
  const marker = marks ? randomUUID() : undefined;
  // The same extension as this file's: the sources run as they are, and the built files too.
  const entry = join(import.meta.dirname, `guard-process${extname(import.meta.filename)}`);
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=1', '--max-old-space-size=64', entry, ...(marker === undefined ? [] : [marker])],
    {
      // In a session of its own Ctrl-C does not reach it; without the environment it knows no secret and loads no NODE_OPTIONS.
      detached: true,
      cwd: '/',
      env: process.env['PATH'] === undefined ? {} : { PATH: process.env['PATH'] },
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  child.once('exit', () => (failure ??= new Error(`process ${child.pid} has ended`)));
  const channel = child.stdin as unknown as Socket;
  channel.on('error', () => undefined); // A guard that is gone: told by `failure`.
  child.unref();
  channel.unref();
  const outerMarker = process.env[markerName]; // of an experiment whose task runs us
  if (marker !== undefined) process.env[markerName] = marker;

  const tell = (message: GuardMessage): void => {
    if (failure || child.pid === undefined) {
      const reason = failure?.message ?? `${process.execPath} could not be spawned`;
      throw new Error(`the guard process does not run, so nothing would end what this process starts: ${reason}`, { cause: failure });
    }
    channel.write(`${JSON.stringify(message)}\n`);
  };

  return {
    pid: child.pid ?? -1,
    marker,
    protect(pid, { processGroup = false, signal = 'SIGTERM', graceMs = stopGraceMs } = {}) {
      const startTime = readProcessStatus(pid)?.startTime;
      if (startTime !== undefined) tell({ kind: 'process', pid, startTime, processGroup, signal, graceMs });
    },
    protectDirectory(path) {
      if (!isAbsolute(path)) throw new TypeError(`protectDirectory: expected an absolute path, got ${JSON.stringify(path)}`);
      tell({ kind: 'directory', path });
    },
    protectLog(path, secrets) {
      tell({ kind: 'log', path, secrets });
    },
    release(what) {
      if (!failure) tell({ kind: 'release', what });
    },
    async [Symbol.asyncDispose]() {
      if (marker !== undefined && process.env[markerName] === marker) {
        if (outerMarker === undefined) delete process.env[markerName];
        else process.env[markerName] = outerMarker;
      }
      failure ??= new Error('it has been ended');
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      child.ref();
      channel.end();
      await ended(child);
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  try {
    await once(child, 'exit', { signal: AbortSignal.timeout(guardEndMs) });
  } catch {
    await stopProcess(child, { signal: 'SIGKILL' });
  }
}
