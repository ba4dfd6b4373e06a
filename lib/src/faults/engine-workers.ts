import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type ProcessStatus, listProcesses } from '../processes/process-status.ts';
import { type Place, type RoleOfCommand, RolePatterns, processGroup, workers } from '../sampling/process-roles.ts';

/** The workers that live below some schedulers, those that the schedulers started themselves: in the order of their pids. */
export function findWorkers(schedulers: readonly number[], patterns: readonly RoleOfCommand[]): readonly number[] {
  const roles = new RolePatterns(patterns);
  const children = Map.groupBy(
    listProcesses().filter(({ zombie }) => !zombie),
    ({ parentPid }) => parentPid,
  );
  const found: number[] = [];
  const follow = (pid: number, place: Place): void => {
    for (const child of children.get(pid) ?? ([] as readonly ProcessStatus[])) {
      const own = roles.classify(child.pid, place, commandLineOf);
      if (own.group === workers) {
        if (place.group !== workers) found.push(child.pid);
      } else follow(child.pid, own);
    }
  };
  for (const [instance, pid] of schedulers.entries())
    follow(
      pid,
      roles.root(processGroup('scheduler', instance), () => commandLineOf(pid)),
    );
  return found.toSorted((one, other) => one - other);
}

function commandLineOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return ''; // gone meanwhile
  }
}
