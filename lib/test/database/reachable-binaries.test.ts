import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findEmbeddedBinaries } from '../../src/database/embedded-binaries.ts';
import { canReach } from '../../src/database/postgres-account.ts';
import { findReachableBinaries } from '../../src/database/reachable-binaries.ts';
import { makeScratch } from './scratch.ts';

// Any user but us and root.
const nobody = { uid: (process.getuid?.() ?? 0) + 4321, gid: (process.getgid?.() ?? 0) + 4321 };

describe('canReach', () => {
  test('needs every directory above', async () => {
    await using scratch = await makeScratch();
    const file = join(scratch.path, 'a', 'b', 'file');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '', { mode: 0o644 });
    expect(await canReach(file, nobody)).toBe(true);
    await chmod(join(scratch.path, 'a'), 0o700);
    expect(await canReach(file, nobody)).toBe(false);
    expect(await canReach(file, undefined)).toBe(true);
    await chmod(join(scratch.path, 'a'), 0o711);
    expect(await canReach(file, nobody)).toBe(true);
    await chmod(file, 0o640);
    expect(await canReach(file, nobody)).toBe(false);
  });

  test('what is missing can be reached by nobody', async () => {
    await using scratch = await makeScratch();
    expect(await canReach(join(scratch.path, 'missing'), undefined)).toBe(false);
  });
});

/** A small stand-in for native/ with the files that are looked for, below a directory that is ours alone. */
async function makeNative(directory: string): Promise<string> {
  const native = join(directory, 'private', 'native');
  const files = ['bin/postgres', 'bin/initdb', 'lib/postgresql/plpgsql.so', 'share/postgresql/postgres.bki'];
  for (const file of files) {
    await mkdir(dirname(join(native, file)), { recursive: true });
    await writeFile(join(native, file), file, { mode: file.startsWith('bin') ? 0o700 : 0o600 });
  }
  await chmod(join(directory, 'private'), 0o700);
  return native;
}

describe('findReachableBinaries', () => {
  test('copies what is out of reach, once, also when two do it at the same time', async () => {
    await using scratch = await makeScratch();
    const native = await makeNative(scratch.path);
    const cache = join(scratch.path, 'cache');
    const find = (): Promise<string> => findReachableBinaries(native, 'postgres-1', nobody, [cache]);
    expect(new Set(await Promise.all([find(), find(), find()]))).toEqual(new Set([join(cache, 'postgres-1')]));
    expect(await readdir(cache)).toEqual(['postgres-1']);
    expect((await stat(join(cache, 'postgres-1', 'bin', 'initdb'))).mode & 0o777).toBe(0o755);
    expect(await readFile(join(cache, 'postgres-1', 'bin', 'initdb'), 'utf8')).toBe('bin/initdb');
    const before = (await stat(join(cache, 'postgres-1'))).ino;
    await find();
    expect((await stat(join(cache, 'postgres-1'))).ino).toBe(before);
  });

  test('replaces a copy that is of no use', async () => {
    await using scratch = await makeScratch();
    const native = await makeNative(scratch.path);
    await mkdir(join(scratch.path, 'cache', 'postgres-1', 'bin'), { recursive: true });
    const found = await findReachableBinaries(native, 'postgres-1', nobody, [join(scratch.path, 'cache')]);
    expect(await readdir(found)).toEqual(['bin', 'lib', 'share']);
  });

  test('does not use a cache that others can write to', async () => {
    await using scratch = await makeScratch();
    const native = await makeNative(scratch.path);
    const open = join(scratch.path, 'open');
    await mkdir(open);
    await chmod(open, 0o777);
    expect(await findReachableBinaries(native, 'postgres-1', nobody, [open, join(scratch.path, 'own')])).toBe(
      join(scratch.path, 'own', 'postgres-1'),
    );
    await expect(findReachableBinaries(native, 'postgres-1', nobody, [open])).rejects.toThrow(
      /can't reach its programs in .*native\. A copy in .*open could not be made/,
    );
  });

  test('uses what can be reached where it is', async () => {
    const { postgres } = await findEmbeddedBinaries(undefined);
    expect(execFileSync(postgres, ['--version'], { encoding: 'utf8' })).toMatch(/^postgres \(PostgreSQL\) 18\./);
    await using scratch = await makeScratch();
    const native = await makeNative(scratch.path);
    await makeWorldReadable(scratch.path);
    expect(await findReachableBinaries(native, 'x', nobody, [])).toBe(native);
  });
});

async function makeWorldReadable(path: string): Promise<void> {
  await chmod(path, 0o755);
  for (const { name, parentPath } of await readdir(path, { recursive: true, withFileTypes: true }))
    await chmod(join(parentPath, name), 0o755);
}
