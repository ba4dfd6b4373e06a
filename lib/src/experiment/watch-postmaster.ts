import { isProcessAlive, readProcessStatus } from '../processes/process-status.ts';
import type { Ending } from './ending.ts';

const intervalMs = 100;

/**
 * Ends the experiment as failed as soon as the Postgres server, process `pid` of this machine, is gone: a connection may take many
 * seconds to tell. Whatever fails after it (a scheduler, a query) is its echo. Nothing is watched where the process is not known.
 */
export function watchPostmaster(pid: number | undefined, ending: Ending): Disposable {
  const startTime = pid === undefined ? undefined : readProcessStatus(pid)?.startTime;
  if (pid === undefined || startTime === undefined) return { [Symbol.dispose]: () => undefined };
  const findCause = (): string | undefined =>
    isProcessAlive(pid, startTime)
      ? undefined
      : `the Postgres server (process ${pid}) ended while it was needed: it was killed, stopped or ran out of memory`;
  ending.findCause = findCause;
  const timer = setInterval(() => {
    const cause = findCause();
    if (cause !== undefined) ending.end('failed', cause);
  }, intervalMs);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      // From now on it is let go.
      ending.findCause = () => undefined;
    },
  };
}
