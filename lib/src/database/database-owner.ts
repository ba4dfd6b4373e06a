import { hostname } from 'node:os';
import { identify } from '../processes/process-family.ts';
import { isProcessAlive } from '../processes/process-status.ts';

/** Who makes a database, as its comment says it: what tells later that its maker was killed, and that nobody will drop it. */
export function ownerNote(): string {
  const { pid, startTime } = identify(process.pid);
  return `process ${pid} started ${startTime} on ${hostname()}`;
}

/** Whether the maker that a comment names was on this machine, and is gone. */
export function isOwnerGone(comment: string): boolean {
  const [, pid, startTime, host] = / process (\d+) started (\S+) on (.*)$/.exec(comment) ?? [];
  return host === hostname() && !isProcessAlive(Number(pid), startTime);
}
