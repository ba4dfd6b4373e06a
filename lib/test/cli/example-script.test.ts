import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { findWorkspace } from '../../src/config/workspace.ts';
import { temporaryWorkspace } from '../support/temporary-workspace.ts';

const { root } = findWorkspace(import.meta.dirname);
const script = join(root, 'examples', 'compare-two-configs.ts');

it('the example script runs two configs and prints them side by side', async () => {
  using workspace = temporaryWorkspace();
  workspace.writeConfig('few', 'workflows: 2\ntasks_per_workflow: 3\nduration: 0\nscheduler: { poll_interval_secs: 0.1 }\n');
  workspace.writeConfig('more', 'workflows: 4\ntasks_per_workflow: 5\nduration: 0\nscheduler: { poll_interval_secs: 0.1 }\n');
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'few', 'more'], { cwd: workspace.root });
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/));
  expect(rows[0]?.slice(0, 6)).toEqual(['config', 'target', 'status', 'runs', 'tasks', 'finished']);
  expect(rows[1]?.slice(0, 6)).toEqual(['few', 'dbos', 'done', '2', '6', '6']);
  expect(rows[2]?.slice(0, 6)).toEqual(['more', 'dbos', 'done', '4', '20', '20']);
  expect(rows).toHaveLength(3);
});

it('is in the README as it is', () => {
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(readFileSync(script, 'utf8').trim());
});
