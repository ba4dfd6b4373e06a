import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PerfConfig } from '../config/perf-config.ts';
import { type Workspace, makeStateDirectory } from '../config/workspace.ts';
import { isProcessAlive, readProcessStatus } from '../processes/process-status.ts';
import { writeWhole } from '../results/write-whole.ts';

/** Says to other processes that an experiment runs, and is told of theirs: each disturbs the figures of the other. */
export interface RunningNotice {
  /** Experiments that ran when this one began, a few words each. */
  readonly others: readonly string[];
  /** Takes the notice away. Resolves with all experiments that ran at the same time, whoever began first; never rejects. */
  close(): Promise<readonly string[]>;
}

interface Posted {
  readonly pid: number;
  /** Of the process: one that has its pid later is another. */
  readonly startTime: string;
  readonly what: string;
}

const extension = '.json';

/**
 * Posts that an experiment with `config` runs, in the state directory of the workspace. Notices of processes that were killed are cleared
 * away. Where nothing can be written there, nobody is told, and nothing else changes: the experiment is what counts.
 */
export async function postNotice(workspace: Workspace, config: PerfConfig): Promise<RunningNotice> {
  const directory = join(workspace.state, 'running');
  const name = `${process.pid}-${randomUUID()}`;
  const file = join(directory, `${name}${extension}`);
  const besideFile = join(directory, `${name}.beside`);
  const what = `${config.name} on ${config.target}, process ${process.pid}`;
  let others: readonly string[] = [];
  try {
    await makeStateDirectory(workspace.state);
    await mkdir(directory, { recursive: true });
    // Posted before looking, so that of two that begin at once one at least sees the other.
    const startTime = readProcessStatus(process.pid)?.startTime ?? '';
    await writeWhole(file, JSON.stringify({ pid: process.pid, startTime, what } satisfies Posted));
    others = await tellOthers(directory, name, what);
  } catch {
    // A workspace that can't be written to, or a full disk.
  }
  return {
    others,
    async close() {
      const told = await readFile(besideFile, 'utf8').catch(() => '');
      await Promise.all([file, besideFile].map(async (path) => rm(path, { force: true }).catch(() => undefined)));
      return [...new Set([...others, ...told.split('\n').filter((line) => line !== '')])];
    },
  };
}

/** Tells every other experiment that `what` runs beside it, and returns what they are. */
async function tellOthers(directory: string, own: string, what: string): Promise<string[]> {
  const others: string[] = [];
  for (const entry of await readdir(directory)) {
    const name = entry.endsWith(extension) ? entry.slice(0, -extension.length) : own;
    if (name === own) continue;
    const posted = await readPosted(join(directory, entry));
    if (posted !== undefined && isProcessAlive(posted.pid, posted.startTime)) {
      await appendFile(join(directory, `${name}.beside`), `${what}\n`);
      others.push(posted.what);
    } else {
      for (const left of [entry, `${name}.beside`]) await rm(join(directory, left), { force: true });
    }
  }
  return others;
}

/** Undefined when it has just been taken away, or is none. */
async function readPosted(path: string): Promise<Posted | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Posted;
  } catch {
    return undefined;
  }
}
