import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * The commit of the orchestrator under test, which only the user knows: `ORCHLAB_COMMIT`. With a warning in its place when that is none: what is
 * no name of a commit may be anything, and is not to be saved.
 */
export function targetCommit(said = process.env['ORCHLAB_COMMIT']): { readonly commit?: string; readonly warnings: readonly string[] } {
  if (said === undefined || said === '') return { warnings: [] };
  if (isCommitName(said)) return { commit: said, warnings: [] };
  return {
    warnings: [
      'ORCHLAB_COMMIT: expected the name of a commit (letters, digits and ._/+-, 100 at most), got something else: it is not noted.',
    ],
  };
}

/** What the user calls the experiment, and others like it: `ORCHLAB_LABEL`. Else as `targetCommit`. */
export function experimentLabel(said = process.env['ORCHLAB_LABEL']): { readonly label?: string; readonly warnings: readonly string[] } {
  if (said === undefined || said === '') return { warnings: [] };
  if (isLabel(said)) return { label: said, warnings: [] };
  return { warnings: [`ORCHLAB_LABEL: expected ${labelWords}, got something else: it is not noted.`] };
}

export const labelWords = 'a label: letters, digits and ._/+-, 100 at most, beginning with a letter or digit, and not "latest"';

/** A label stands in a selection among names: without commas, `=` and `*`. */
export function isLabel(text: string): boolean {
  return /^[\p{L}\d][\p{L}\d._/+-]{0,99}$/u.test(text) && text !== 'latest';
}

export function isCommitName(text: string): boolean {
  return /^[\w./+-]{1,100}$/.test(text);
}

/** The commit that the workspace is at, with `-dirty` when it has changes; undefined where there is no git or it does not answer. */
export async function gitCommit(directory: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'], {
      cwd: directory,
      timeout: 2000,
    });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
