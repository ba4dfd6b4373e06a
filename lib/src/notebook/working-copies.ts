import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
const folder = 'my-notebooks';

/**
 * Copies the workspace's notebooks to a folder that git does not see, for working in: executing one changes its file.
 *
 * A copy that nobody has changed follows its original; one that somebody has is left as it is, as is what else is in the folder.
 */
export async function makeWorkingCopies({ root, notebooks, state }: Workspace): Promise<WorkingCopies> {
  const directory = join(root, folder);
  const record = join(state, 'working-copies.json');
  const copied = await readCopied(record);
  await mkdir(directory, { recursive: true });
  const now: Record<string, string> = {};
  const outdated: string[] = [];
  // A workspace of one's own may have none.
  const originals = await readdir(notebooks).catch(() => []);
  for (const name of originals.filter((file) => file.endsWith('.ipynb')).sort()) {
    const original = await readFile(join(notebooks, name));
    const copy = await readFile(join(directory, name)).catch(() => undefined);
    if (copy === undefined || hashOf(copy) === copied[name]) await writeFile(join(directory, name), original);
    else if (hashOf(original) !== copied[name]) outdated.push(name);
    now[name] = outdated.includes(name) ? (copied[name] ?? '') : hashOf(original);
  }
  await makeStateDirectory(state);
  await writeFile(record, `${JSON.stringify(now, null, 2)}\n`);
  return { directory, outdated };
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
