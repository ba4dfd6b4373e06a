import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findExperiments } from '../../src/results/find-experiments.ts';
import type { Manifest } from '../../src/results/manifest.ts';
import { oldNode } from '../support/old-node.ts';
import { type RunningCommand, processesOf, startOrchlab, temporaryDirectoryOf } from '../support/orchlab-command.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';
import { waitUntil } from '../processes/wait-until.ts';

let workspace: TemporaryWorkspace;
beforeEach(() => {
  workspace = temporaryWorkspace();
  const config = 'workflows: 10\ntasks_per_workflow: 5\nduration: 30\nscheduler:\n  poll_interval_secs: 0.1\n';
  for (const name of ['first', 'second']) workspace.writeConfig(name, config);
});
afterEach(() => workspace[Symbol.dispose]());

async function expectNothingLeft(): Promise<void> {
  const directories = (): string[] => readdirSync(temporaryDirectoryOf(workspace.root)).filter((name) => name.startsWith('orchlab-'));
  await waitUntil('nothing is left', () => processesOf(workspace.root).length + directories().length === 0).catch(() => undefined);
  expect(processesOf(workspace.root)).toEqual([]);
  expect(directories()).toEqual([]);
}

async function manifests(): Promise<readonly Manifest[]> {
  return (await findExperiments({ directory: workspace.results })).map(({ manifest }) => manifest);
}

const hasWorkers = async (run: RunningCommand): Promise<void> => run.seen(/Workers: [1-9]/);

describe('one interrupt ends a series', () => {
  it.each([
    [
      'run with several targets, repeated',
      ['run', 'first', '--target', 'dbos,graphile-worker', '--repeat', '2'],
      'SIGINT',
      /was interrupted by the user after 0 of its 4 experiments\. To go on with it: orchlab sweep --resume \S+-first-sweep$/m,
    ],
    [
      'run-all',
      ['run-all'],
      'SIGTERM',
      /2 of 2 experiments did not succeed:\n.*was interrupted[^\n]*\n  1 that were to follow were not begun/,
    ],
  ] as const)('%s', async (_what, args, signal, message) => {
    const run = startOrchlab(args, { cwd: workspace.root });
    await hasWorkers(run);
    run.child.kill(signal);
    const { code, stderr } = await run.result;
    expect(code).toBe(130);
    expect(stderr).toMatch(message);
    await expectNothingLeft();
    expect((await manifests()).map(({ status }) => status)).toEqual(['interrupted']);
  });
});

describe('started by a Node that is too old', () => {
  it.each([
    ['SIGTERM to the launcher', 'SIGTERM', 'process'],
    ['Ctrl-C, which both get, is one interrupt', 'SIGINT', 'group'],
  ] as const)('%s ends the experiment in order', async (_what, signal, whom) => {
    const run = startOrchlab(['run', 'first'], { cwd: workspace.root, launcher: oldNode(), detached: true });
    await hasWorkers(run);
    const pid = run.child.pid ?? Number.NaN;
    process.kill(whom === 'group' ? -pid : pid, signal);
    const { code, stdout, stderr } = await run.result;
    expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining('was interrupted: interrupted by the user') });
    expect(stdout).toContain('Status: interrupted');
    await expectNothingLeft();
    expect((await manifests()).map(({ status }) => status)).toEqual(['interrupted']);
  });

  it('the death of the launcher ends the experiment in order', async () => {
    const run = startOrchlab(['run', 'first'], { cwd: workspace.root, launcher: oldNode() });
    await hasWorkers(run);
    run.child.kill('SIGKILL');
    const { stdout } = await run.result;
    expect(stdout).toContain('Status: interrupted');
    await expectNothingLeft();
  });
});

describe('a command that ends leaves no experiment behind', () => {
  it.each([
    ['SIGKILL', 'when its experiment has a process', /experiment-process/],
    // What a copied cluster needs takes a moment only: that it starts is soon enough.
    ['SIGHUP', 'while Postgres is set up', /cp -Rp|postgres --single|bin\/postgres -D/],
    ['SIGKILL', 'while Postgres starts', /bin\/postgres -D/],
    ['SIGTERM', 'while the scheduler starts', /scheduler-main/],
  ] as const)('%s %s', async (signal, _when, process) => {
    const run = startOrchlab(['run', 'first'], { cwd: workspace.root });
    await waitUntil(`there is ${process}`, () => processesOf(workspace.root).some((line) => process.test(line)));
    run.child.kill(signal);
    await run.result;
    await expectNothingLeft();
    for (const { status } of await manifests().catch(() => [])) expect(status).toBe('interrupted');
  });
});
