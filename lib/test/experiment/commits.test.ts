import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitCommit, isCommitName, targetCommit } from '../../src/experiment/commits.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'orchlab-commits-'))));
afterEach(() => rmSync(directory, { recursive: true }));

describe('gitCommit', () => {
  it('is that of the folder, with what was changed since; none where there is no git', async () => {
    expect(await gitCommit(directory)).toBeUndefined();
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
        cwd: directory,
        encoding: 'utf8',
        stdio: 'pipe',
      }).trim();
    git('init');
    writeFileSync(join(directory, 'a'), '1');
    git('add', '.');
    git('commit', '-m', 'first');
    const head = git('rev-parse', 'HEAD');
    expect(await gitCommit(directory)).toBe(head);
    writeFileSync(join(directory, 'a'), '2');
    expect(await gitCommit(directory)).toBe(`${head}-dirty`);
  });
});

describe('targetCommit', () => {
  it('is what the user says, if that can be the name of a commit', () => {
    expect(targetCommit(undefined)).toEqual({ warnings: [] });
    expect(targetCommit('')).toEqual({ warnings: [] });
    expect(targetCommit('release/2.1-rc1')).toEqual({ commit: 'release/2.1-rc1', warnings: [] });
    const secret = 'postgres://user:password@host/db';
    const { commit, warnings } = targetCommit(secret);
    expect(commit).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/^ORCHLAB_COMMIT: expected the name of a commit/)]);
    expect(warnings.join('')).not.toContain('password');
    expect(isCommitName('a'.repeat(101))).toBe(false);
  });
});
