import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { foldersOf } from '../config/shipped.ts';
import { type Workspace, makeStateDirectory } from '../config/workspace.ts';

export interface WorkingCopies {
  /** The folder that they are in. */
  readonly directory: string;
  /** Copies that somebody has worked in, and whose original is another by now: file names. */
  readonly outdated: readonly string[];
}

/** What was copied, by file name: the hash of the original. */
type Copied = Readonly<Record<string, string>>;

/** Beside notebooks/, so that paths from one notebook to another, to docs and to packages are the same. */
const copiesFolder = 'my-notebooks';

/**
 * Copies the workspace's notebooks, and those that orchlab brings, to a folder that git does not see, for working in: executing one changes its file.
 *
 * A copy that nobody has changed follows its original; one that somebody has is left as it is, as is what else is in the folder.
 */
export async function makeWorkingCopies(workspace: Workspace): Promise<WorkingCopies> {
  const { root, state } = workspace;
  const directory = join(root, copiesFolder);
  const record = join(state, 'working-copies.json');
  const copied = await readCopied(record);
  await mkdir(directory, { recursive: true });
  const now: Record<string, string> = {};
  const outdated: string[] = [];
  for (const [name, path] of await originalsOf(workspace)) {
    const original = await readFile(path);
    const copy = await readFile(join(directory, name)).catch(() => undefined);
    if (copy === undefined || hashOf(copy) === copied[name]) await writeFile(join(directory, name), original);
    else if (hashOf(original) !== copied[name]) outdated.push(name);
    now[name] = outdated.includes(name) ? (copied[name] ?? '') : hashOf(original);
  }
  await makeStateDirectory(state);
  await writeFile(record, `${JSON.stringify(now, null, 2)}\n`);
  return { directory, outdated };
}

/** By file name, sorted: a project's own goes before the one that orchlab brings. */
async function originalsOf(workspace: Workspace): Promise<[name: string, path: string][]> {
  const originals = new Map<string, string>();
  for (const folder of foldersOf('notebooks', workspace).toReversed()) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((file) => file.endsWith('.ipynb'))) originals.set(name, join(folder, name));
  }
  return [...originals].sort(([one], [other]) => (one < other ? -1 : 1));
}

async function readCopied(path: string): Promise<Copied> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Copied;
  } catch {
    return {};
  }
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
