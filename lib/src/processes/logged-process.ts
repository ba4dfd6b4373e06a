import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface LoggedProcess<C extends ChildProcess> {
  readonly child: C;
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
}

/**
 * Starts a process whose output goes to the end of the file at `logPath`: `start` gets the number of the open file. Rejects with the
 * reason when it could not be started.
 *
 * Its errors end this process no more, as one that nobody listens for would: what fails later is told where it is tried.
 */
export async function startLogged<C extends ChildProcess>(logPath: string, start: (log: number) => C): Promise<LoggedProcess<C>> {
  const log = openSync(logPath, 'a');
  let child: C;
  try {
    child = start(log);
  } finally {
    closeSync(log);
  }
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  child.on('error', () => undefined);
  if (child.pid !== undefined) return { child, pid: child.pid, exited };
  const [error] = (await once(child, 'error')) as [Error];
  throw error;
}
