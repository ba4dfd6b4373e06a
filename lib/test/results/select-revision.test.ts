import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitRevisionError, gitRevision } from '../../src/results/git-revision.ts';
import type { Manifest } from '../../src/results/manifest.ts';
import { type SelectExperimentsOptions, selectExperiments } from '../../src/results/select-experiments.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { figuredExperiment } from '../support/figured-experiment.ts';

const root = mkdtempSync(join(tmpdir(), 'orchlab-revision-'));
const [repository, clone, directory] = [join(root, 'repository'), join(root, 'clone'), join(root, 'results')];
afterAll(() => rmSync(root, { recursive: true }));

let minute = 0;
function git(...args: readonly string[]): string {
  const date = `2026-11-23T10:${String(minute).padStart(2, '0')}:00Z`;
  const who = ['-c', 'user.name=someone', '-c', 'user.email=someone@example.org', '-c', 'init.defaultBranch=main'];
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  return execFileSync('git', [...who, ...args], { cwd: repository, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function commit(words: string): string {
  minute++;
  git('commit', '-q', '--allow-empty', '-m', words);
  return git('rev-parse', 'HEAD');
}

/** Of main: 0 to 3; of the branch that left it after 1: 4. */
const commits: string[] = [];
const base = buildExperiment({ runs: 1 }).manifest;
let count = 0;

async function experiment(name: string, changes: Partial<Manifest>, target = 'dbos', config = 'standard'): Promise<void> {
  const manifest = { ...changes, target: { ...base.target, name: target }, config: { ...base.config, target, name: config } };
  await figuredExperiment(directory, { name, startedMs: ++count, figures: {}, manifest });
}

beforeAll(async () => {
  mkdirSync(repository);
  git('init', '-q');
  commits.push(commit('first'), commit('second'));
  git('tag', 'v1', commits[0] ?? '');
  git('checkout', '-q', '-b', 'feature');
  const ofFeature = commit('of the branch');
  git('checkout', '-q', 'main');
  commits.push(commit('third'), commit('fourth, without experiments'), ofFeature);
  git('branch', 'twice', 'v1');
  git('tag', 'twice', 'main');
  git('checkout', '-q', 'feature');
  git('clone', '-q', '--branch', 'feature', repository, clone);

  await experiment('first-a', { gitCommit: commits[0]! });
  await experiment('third-a', { gitCommit: commits[2]! });
  await experiment('third-b', { gitCommit: commits[2]! });
  await experiment('third-failed', { gitCommit: commits[2]!, status: 'failed' });
  await experiment('fourth-dirty', { gitCommit: `${commits[3]}-dirty` });
  await experiment('of-feature', { gitCommit: commits[4]! });
  // The engine's commit counts before that of the workspace, and may be said by its beginning.
  await experiment('engine', { gitCommit: commits[3]!, targetCommit: commits[1]!.slice(0, 9) }, 'pg-boss');
  await experiment('elsewhere', { gitCommit: commits[3]!, targetCommit: 'f'.repeat(40) }, 'graphile-worker');
  await experiment('labelled', { gitCommit: commits[0]!, label: 'before the change'.replaceAll(' ', '-') }, 'pg-boss', 'burst');
});

const dbos = { config: 'standard', target: 'dbos' };
async function select(selection: string, options: SelectExperimentsOptions = {}): Promise<readonly string[]> {
  const taken: string[] = [];
  const found = await selectExperiments(selection, {
    directory,
    repository,
    onTaken: (term, words) => taken.push(`${term} is ${words}`),
    ...options,
  });
  return [...found.map(({ name }) => name), ...taken];
}
const short = (index: number): string => commits[index]!.slice(0, 8);

describe('a selection by a git revision', () => {
  it('of a branch takes the newest commit in its history that has experiments of the same config and target', async () => {
    expect(await select('main', { comparedWith: [dbos] })).toEqual([
      'third-a',
      'third-b',
      `main is commit ${short(2)} (1 before its newest, ${short(3)}), 2 experiments of standard on dbos`,
    ]);
    expect(await select('main', { comparedWith: [dbos, { config: 'standard', target: 'pg-boss' }] })).toEqual([
      'third-a',
      'third-b',
      'engine',
      `main is commit ${short(2)} (1 before its newest, ${short(3)}), 2 experiments of standard on dbos; commit ${short(1)} (2 before its newest, ${short(3)}), 1 experiment of standard on pg-boss`,
    ]);
    expect(await select('feature', { comparedWith: [dbos] })).toEqual([
      'of-feature',
      `feature is commit ${short(4)}, 1 experiment of standard on dbos`,
    ]);
  });

  it('takes all there are where nothing is said of what they are compared with, and what the selection says besides', async () => {
    expect((await select('main')).slice(0, -1)).toEqual(['third-a', 'third-b']);
    expect((await select('main,target=pg-boss', { comparedWith: [dbos] })).slice(0, -1)).toEqual(['engine']);
  });

  it.each([
    ['a tag', 'v1'],
    ['an expression', 'main~3'],
    ['the beginning of a commit', () => commits[0]!.slice(0, 7)],
  ])('of %s takes that commit, and no other', async (_what, said) => {
    const name = typeof said === 'string' ? said : said();
    expect((await select(name, { comparedWith: [dbos] }))[0]).toBe('first-a');
  });

  it('says which commit has some where that one has none, and why others are none of them', async () => {
    await expect(select('main~0', { comparedWith: [dbos] })).rejects.toThrow(
      `experiments main~0: expected an experiment of standard on dbos that ended as done at main~0, commit ${short(3)}, got none of 5 (the newest commit before it that has some is ${short(2)}; 1 experiment had uncommitted changes, and are of no commit)`,
    );
    await expect(select('main', { comparedWith: [{ config: 'standard', target: 'graphile-worker' }] })).rejects.toThrow(
      /at any of the 4 commits of main, got none of 1 \(the others are of commits that are none of its history; is it the engine's/,
    );
  });

  it('of a branch that only a remote has takes that', async () => {
    expect((await select('main', { repository: clone, comparedWith: [dbos] })).slice(0, 2)).toEqual(['third-a', 'third-b']);
  });

  it('does not guess which of two is meant, and knows what is none', async () => {
    await expect(select('twice')).rejects.toThrow(/git has 2 of that name \(refs\/heads\/twice, refs\/tags\/twice\): write the one/);
    expect((await select('refs/heads/twice'))[0]).toBe('first-a');
    await expect(select('none')).rejects.toThrow(
      /^experiments none: expected the name of an experiment or a series \(or its beginning\), latest, a label, or a git revision, got none of them: git knows no such branch, tag or commit; orchlab list/,
    );
    await expect(select('none', { repository: directory })).rejects.toThrow(/the workspace is in no git repository/);
    await expect(gitRevision('--exec=touch x', repository)).rejects.toThrow(GitRevisionError);
  });
});

describe('a selection by a label or a commit', () => {
  it('takes a label bare and by its key, before git is asked', async () => {
    expect(await select('before-the-change', { repository: directory })).toEqual([
      'labelled',
      'before-the-change is a label, of 1 experiment',
    ]);
    expect(await select('label=before-the-change')).toEqual(['labelled']);
    await expect(select('before-the-change,target=dbos')).rejects.toThrow(/expected at least one that fits, got none/);
  });

  it('takes a commit by its beginning, with changes too, but no name by its beginning', async () => {
    expect(await select(`commit=${commits[3]!.slice(0, 7)}`)).toEqual(['fourth-dirty']);
    await expect(select('commit=fff')).rejects.toThrow(/got none/);
    expect(await select('commit=ffff')).toEqual(['elsewhere']);
  });

  it('of a name that fits several is not taken for a revision', async () => {
    await expect(select('third')).rejects.toThrow(/expected the name or directory of one in .*, got 3 that fit/);
  });
});
