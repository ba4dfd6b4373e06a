import type { Manifest } from './manifest.ts';

const dirty = '-dirty';

/** The commit of an experiment as it was noted, with `-dirty` where the files of the workspace had changes beside it. */
export function notedCommit({ targetCommit, gitCommit }: Pick<Manifest, 'targetCommit' | 'gitCommit'>): string | undefined {
  return targetCommit ?? gitCommit;
}

/**
 * The commit that an experiment is of: that of the engine where it was said (`--commit`), else that of the workspace. `isExact`: its files had
 * no changes beside the commit.
 */
export function commitOf(
  manifest: Pick<Manifest, 'targetCommit' | 'gitCommit'>,
): { readonly name: string; readonly isExact: boolean } | undefined {
  const said = notedCommit(manifest);
  if (said === undefined) return undefined;
  return said.endsWith(dirty) ? { name: said.slice(0, -dirty.length), isExact: false } : { name: said, isExact: true };
}

/** Whether two names are of one commit: they are the same, or one is the beginning of the other's digits, four at least. */
export function isSameCommit(one: string, other: string): boolean {
  if (one === other) return true;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return /^[0-9a-f]{4,40}$/.test(short) && /^[0-9a-f]{4,40}$/.test(long) && long.startsWith(short);
}
