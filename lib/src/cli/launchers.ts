import { type ProcessStatus, isProcessAlive, readProcessStatus } from '../processes/process-status.ts';

const intervalMs = 500;
const most = 8;

/**
 * Makes the end of what started this process for the user count as a closed terminal (SIGHUP): the launcher in bin/orchlab.js, and npm
 * or npx with the shell that they start, to which they hand their signals, and which hands on none. Anybody else's end means
 * nothing: with `nohup` this process is meant to stay.
 */
export function endWithLaunchers(): void {
  const { ORCHLAB_LAUNCHER: launcherPid, npm_command: npmCommand } = process.env;
  delete process.env['ORCHLAB_LAUNCHER']; // the processes that this one starts have another
  if (launcherPid === undefined && npmCommand === undefined) return;
  const ancestors = findAncestors();
  const end = (): boolean => process.kill(process.pid, 'SIGHUP');
  if (launcherPid !== undefined && !ancestors.some(({ pid }) => String(pid) === launcherPid)) {
    end();
    return;
  }
  // npm names its process after its command.
  const last = ancestors.findLastIndex(({ pid, name }) => String(pid) === launcherPid || /^npm\b/.test(name));
  const launchers = ancestors.slice(0, last + 1);
  if (launchers.length === 0) return;
  const parentPid = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parentPid && launchers.every(isThere)) return;
    clearInterval(timer);
    end();
  }, intervalMs).unref();
}

/** The parent, its parent, and so on. */
function findAncestors(): readonly ProcessStatus[] {
  const ancestors: ProcessStatus[] = [];
  for (let pid = process.ppid; pid > 1 && ancestors.length < most;) {
    const status = readProcessStatus(pid);
    if (!status) break;
    ancestors.push(status);
    pid = status.parentPid;
  }
  return ancestors;
}

/** `ps` twice a second would be too much: there the parent alone has to tell. */
function isThere({ pid, startTime }: ProcessStatus): boolean {
  return process.platform !== 'linux' || isProcessAlive(pid, startTime);
}
