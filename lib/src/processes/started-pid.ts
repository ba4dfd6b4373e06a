import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * The pid of a child that was just spawned; rejects with the reason when it could not be started.
 *
 * Its errors end this process no more, as one that nobody listens for would: what fails later is told where it is tried.
 */
export async function startedPid(child: ChildProcess): Promise<number> {
  child.on('error', () => undefined);
  if (child.pid !== undefined) return child.pid;
  const [error] = (await once(child, 'error')) as [Error];
  throw error;
}
