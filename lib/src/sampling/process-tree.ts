import { readFileSync, readdirSync } from 'node:fs';
import listProcessTree from 'pidtree';

const isLinux = process.platform === 'linux';

/** The processes below `pid`, without itself; empty when it is gone. */
export async function descendants(pid: number): Promise<number[]> {
  return isLinux ? descendantsByProc(pid) : listProcessTree(pid).catch(() => []);
}

/** The processes that `pid` itself started and that live; empty when it is gone. */
export async function children(pid: number): Promise<number[]> {
  if (isLinux) return childrenByProc(pid);
  const entries = await listProcessTree(pid, { advanced: true }).catch(() => []);
  return entries.filter((entry) => entry.ppid === pid).map((entry) => entry.pid);
}

// The kernel's own lists cost a few microseconds a process; asking `ps` for them ten times a second would be load itself.
function descendantsByProc(pid: number): number[] {
  const found: number[] = [];
  const queue = [pid];
  for (let parent = queue.pop(); parent !== undefined; parent = queue.pop()) {
    const below = childrenByProc(parent);
    found.push(...below);
    queue.push(...below);
  }
  return found;
}

/** The children of a process on Linux. They are kept by thread: any of a process's threads may have started them. */
export function childrenByProc(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  try {
    return readdirSync(tasks).flatMap((thread) => readNumbers(`${tasks}/${thread}/children`));
  } catch {
    return []; // gone meanwhile
  }
}

function readNumbers(path: string): number[] {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
}
