import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A name of git's, as the commits that it stands for. */
export interface GitRevision {
  /** The commit itself. */
  readonly commit: string;
  /** Whether it is the name of a branch, here or of a remote: it then stands for its history, too. */
  readonly isBranch: boolean;
  /** All commits that lead to it, 40 digits each, newest first, no commit before one that follows it. */
  readonly history: readonly string[];
  /** What lies before is not in the clone. */
  readonly isShallow: boolean;
}

/** A revision that git does not answer for, and why. */
export class GitRevisionError extends Error {
  override readonly name = 'GitRevisionError';
}

const limitMs = 10_000;
const mostBytes = 128 * 1024 * 1024;

/**
 * What a branch, a tag, a commit or an expression such as `HEAD~3` stands for in the repository around a directory. A branch that is only on a
 * remote, as in the clone of a pull request, is found by its short name.
 *
 * Throws a GitRevisionError where there is no git or no repository, where there is no such revision, or more than one, and when git takes
 * more than 10 seconds.
 */
export async function gitRevision(name: string, directory: string): Promise<GitRevision> {
  await git(directory, ['rev-parse', '--git-dir']);
  const named = await refsNamed(name, directory);
  const [ref, ...others] = named;
  if (ref !== undefined && others.length > 0)
    throw new GitRevisionError(`git has ${named.length} of that name (${named.join(', ')}): write the one that is meant in full`);
  const full = ref ?? name;
  const commit = await git(directory, ['rev-parse', '--verify', '--end-of-options', `${full}^{commit}`]);
  const [history, isShallow] = await Promise.all([
    git(directory, ['rev-list', '--date-order', commit, '--']),
    git(directory, ['rev-parse', '--is-shallow-repository']),
  ]);
  const isBranch = /^refs\/(heads|remotes)\//.test(full);
  return { commit, isBranch, history: history.split('\n'), isShallow: isShallow === 'true' };
}

/** The branches and tags of a name; those of remotes where there are none here. */
async function refsNamed(name: string, directory: string): Promise<readonly string[]> {
  // What is no name of a branch or a tag is an expression, or a pattern that would fit many.
  if (!/^[\w./+@-]+$/.test(name) || name.startsWith('-') || name.startsWith('refs/')) return [];
  const matching = async (...patterns: readonly string[]): Promise<readonly string[]> => {
    const refs = (await git(directory, ['for-each-ref', '--format=%(refname)', ...patterns])).split('\n');
    // A pattern fits whatever is below it, too.
    return refs.filter((ref) => ref !== '' && ref.endsWith(`/${name}`));
  };
  const here = await matching(`refs/heads/${name}`, `refs/tags/${name}`, `refs/remotes/${name}`);
  return here.length > 0 ? here : matching(`refs/remotes/*/${name}`);
}

async function git(directory: string, args: readonly string[]): Promise<string> {
  try {
    const options = { cwd: directory, timeout: limitMs, maxBuffer: mostBytes };
    const { stdout } = await promisify(execFile)('git', args, options);
    return stdout.trim();
  } catch (error) {
    throw new GitRevisionError(failureWords(error), { cause: error });
  }
}

function failureWords(error: unknown): string {
  const { code, killed, stderr } = error as { readonly code?: unknown; readonly killed?: boolean; readonly stderr?: string };
  if (code === 'ENOENT') return 'git can not be started (is it installed?)';
  if (killed === true) return `git did not answer within ${limitMs / 1000} s`;
  const words = (stderr ?? '').split('\n').find((line) => /^(fatal|error):/.test(line)) ?? '';
  if (words.includes('not a git repository')) return 'the workspace is in no git repository';
  return /Needed a single revision|unknown revision|bad revision/.test(words) || words === ''
    ? 'git knows no such branch, tag or commit'
    : `git says "${words.replace(/^(fatal|error): /, '')}"`;
}
