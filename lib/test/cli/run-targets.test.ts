import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../src/analysis/summary.ts';
import { orchlab } from '../support/orchlab-command.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';

let workspace: TemporaryWorkspace;
beforeAll(() => {
  workspace = temporaryWorkspace();
  workspace.writeConfig(
    'small',
    'workflows: 4\ntasks_per_workflow: 3\nduration: 0\nexecutor: inline\nscheduler:\n  poll_interval_secs: 0.1\n',
  );
});
afterAll(() => workspace[Symbol.dispose]());

describe('orchlab run with several targets', () => {
  it('runs them as one sweep, and prints and saves what came of it', async () => {
    const args = ['run', 'small', '--target', 'pg-boss,graphile-worker'];
    const { code, stdout, stderr } = await orchlab([...args, '--json'], { cwd: workspace.root });
    expect(code, stderr).toBe(0);
    const summaries = JSON.parse(stdout) as Summary[];
    expect(summaries.map(({ target }) => target.name).toSorted()).toEqual(['graphile-worker', 'pg-boss']);
    for (const { tasks } of summaries) expect(tasks).toMatchObject({ submitted: 12, finished: 12, lost: 0, duplicates: 0, ghosts: 0 });
    const [directory = '', file = ''] = readdirSync(workspace.results);
    expect([directory, file]).toEqual([expect.stringMatching(/-small-sweep$/), `${directory}.txt`]);
    const text = readFileSync(join(workspace.results, file), 'utf8');
    expect(text).toMatch(/^pg-boss +1 of 1 /m);
    expect(text).toMatch(/^graphile-worker +1 of 1 /m);
    expect(readFileSync(join(workspace.results, directory, 'sweep.svg'), 'utf8')).toContain('Throughput from');
  });

  it.each([
    ['a target that is not there', ['--target', 'pg-boss,none'], /target: expected one of .*got "none"/],
    ['a repetition that is none', ['--target', 'dbos', '--repeat', '0'], /'--repeat <count>' argument '0' is invalid/],
  ])('refuses %s before anything is run', async (_what, args, message) => {
    const before = existsSync(workspace.results) ? readdirSync(workspace.results).length : 0;
    const { code, stderr } = await orchlab(['run', 'small', ...args], { cwd: workspace.root });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(workspace.results) ? readdirSync(workspace.results).length : 0).toBe(before);
  });

  it('lists the targets that there are', async () => {
    workspace.copyTargets();
    const { code, stdout } = await orchlab(['targets', '--json'], { cwd: workspace.root, env: { ORK_BIN: '/none' } });
    expect(code).toBe(0);
    const targets = JSON.parse(stdout) as { name: string; problem?: string }[];
    expect(targets.map(({ name }) => name)).toEqual(['dbos', 'pg-boss', 'graphile-worker', 'ork', 'ork:command', 'procrastinate']);
    expect(targets.find(({ name }) => name === 'dbos')?.problem).toBeUndefined();
    expect(targets.find(({ name }) => name === 'ork')?.problem).toMatch(/ORK_BIN names \/none/);
  });
});
