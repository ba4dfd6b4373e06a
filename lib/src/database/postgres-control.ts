import { findFamily, identify } from '../processes/process-family.ts';
import { send } from '../processes/stop-process.ts';

/** What orchlab may do to a Postgres that it started for one experiment alone. */
export interface PostgresControl {
  /** Of the postmaster; another one after a restart. */
  readonly pid: number;
  /** Stops it: fast ends its sessions and writes all down, immediate lets it recover at its next start, as after a crash. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  /** Starts it again at the same port; resolves when it takes connections. */
  start(): Promise<void>;
}

/** Stops the postmaster and all of its processes where they are (SIGSTOP); the function that is returned lets them go on. */
export function pausePostgres(pid: number): () => void {
  const paused = new Set<number>();
  // The postmaster first: then nothing new comes.
  for (let found = [pid]; found.length > 0; found = family(pid).filter((each) => !paused.has(each))) {
    for (const each of found) {
      paused.add(each);
      send(each, 'SIGSTOP');
    }
  }
  return () => {
    for (const each of [...paused].toReversed()) send(each, 'SIGCONT');
  };
}

/** Lets the postmaster and all of its processes go on, whoever has stopped them. */
export function resumePostgres(pid: number): void {
  for (const each of family(pid)) send(each, 'SIGCONT');
}

function family(pid: number): number[] {
  return findFamily([identify(pid)]).map((member) => member.pid);
}
