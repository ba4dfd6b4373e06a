import { basename } from 'node:path';

/** A scheduler that did not start, or ended while it was needed. Its own output is in `logPath`. */
export class SchedulerError extends Error {
  override readonly name = 'SchedulerError';
  readonly logPath: string;

  constructor(message: string, logPath: string) {
    super(`${message} (its output is in ${basename(logPath)})`);
    this.logPath = logPath;
  }
}
