import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** What the kernel says of a process. */
export interface ProcessStatus {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  /** NaN where `ps` does not tell. */
  readonly sessionId: number;
  /** The name of its program, at most 15 characters. */
  readonly name: string;
  /** Has ended, but its parent has not collected it yet. */
  readonly zombie: boolean;
  /** Stands still (SIGSTOP). */
  readonly stopped: boolean;
  /** When it started, in a unit of the platform: only good for telling two processes with the same pid apart. */
  readonly startTime: string;
}

/** The status of process `pid`, or undefined when there is none. From /proc on Linux, elsewhere from `ps`. */
export function readProcessStatus(pid: number): ProcessStatus | undefined {
  return process.platform === 'linux' ? readProcStat(pid) : readPs(['-p', String(pid)])[0];
}

/** Whether process `pid` runs; a zombie does not. With `startTime`, whether it is still the process that had it. */
export function isProcessAlive(pid: number, startTime?: string): boolean {
  const status = readProcessStatus(pid);
  return status !== undefined && !status.zombie && (startTime === undefined || status.startTime === startTime);
}

/** Whether any process of group `groupId` runs; zombies do not. */
export function isProcessGroupAlive(groupId: number): boolean {
  try {
    process.kill(-groupId, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  // Signal 0 also reaches zombies, which nobody may ever collect (a container whose process 1 does not).
  return listProcesses().some((status) => status.groupId === groupId && !status.zombie);
}

/** All processes of this machine that one may see. */
export function listProcesses(): readonly ProcessStatus[] {
  if (process.platform !== 'linux') return readPs(['-A']);
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readProcStat(Number(name)) ?? []) : []));
}

function readProcStat(pid: number): ProcessStatus | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is the command in parentheses, which may itself hold spaces and parentheses; proc_pid_stat(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = '', parentPid = '', groupId = '', sessionId = ''] = fields;
  return {
    pid,
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    sessionId: Number(sessionId),
    name: printable(text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))),
    zombie: state === 'Z' || state === 'X',
    stopped: state === 'T',
    startTime: fields[19] ?? '',
  };
}

function readPs(selection: readonly string[]): readonly ProcessStatus[] {
  let text: string;
  try {
    text = execFileSync('ps', [...selection, '-o', 'pid=,ppid=,pgid=,stat=,lstart=,comm='], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.{24})\s+(.+?)\s*$/.exec(line);
    if (!match) return [];
    const [, pid, parentPid, groupId, state = '', startTime = '', command = ''] = match;
    return [
      {
        pid: Number(pid),
        parentPid: Number(parentPid),
        groupId: Number(groupId),
        sessionId: Number.NaN,
        name: printable(basename(command)),
        zombie: state.startsWith('Z'),
        stopped: state.startsWith('T'),
        startTime,
      },
    ];
  });
}

/** A process may call itself anything, what a terminal obeys included. */
function printable(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]/g, '?');
}
