import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { TargetContract } from '../../src/contract/target-contract.ts';
import { defineTarget, definedTargets, findTarget, listTargets } from '../../src/targets/registry.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const repository = findWorkspace(import.meta.dirname);
const example = join(repository.root, 'docs', 'examples', 'own-target');
const module = pathToFileURL(join(example, 'table-engine.ts')).href;

const configOf = (target: string, values = {}) =>
  createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 0, target, ...values }, 'own');

describe('a target of one’s own', () => {
  const workspace = useTemporaryWorkspace();
  it('is measured by the script of the docs, in a process that loads its module', async () => {
    const { current } = workspace;
    const { stdout } = await promisify(execFile)(process.execPath, [join(example, 'measure.ts')], {
      cwd: current.root,
      env: { ...process.env, ORCHLAB_NO_PROGRESS: '1' },
    });
    expect(stdout).toMatch(/100 submitted = 100 finished \+ 0 failed \+ 0 cancelled \+ 0 lost/);
  });

  it('is listed, and found by its name', async () => {
    defineTarget({ name: 'table-engine', module, description: 'a table', schedulers: 'one', executors: ['process'] });
    expect(definedTargets()).toEqual([{ name: 'table-engine', module, description: 'a table', schedulers: 'one', executors: ['process'] }]);
    expect(await listTargets(workspace.current)).toContainEqual({
      name: 'table-engine',
      description: 'a table',
      from: module,
      executors: ['process'],
      schedulers: 'one',
      dependencies: false,
    });
    expect(await findTarget(configOf('table-engine'), workspace.current)).toBeTypeOf('function');
    await expect(findTarget(configOf('table-engine', { executor: 'inline' }), workspace.current)).rejects.toThrow(
      'executor: expected process (all that table-engine has), got inline',
    );
    await expect(findTarget(configOf('table-engine', { scheduler: { processes: 2 } }), workspace.current)).rejects.toThrow(
      "scheduler.processes: expected 1 (table-engine can't have several), got 2",
    );
  });

  it('is refused with what to do', async () => {
    expect(() => defineTarget({ name: 'dbos', module })).toThrow(/name: expected another name than dbos, pg-boss, graphile-worker/);
    expect(() => defineTarget({ name: 'my engine', module })).toThrow(
      /name: expected letters, digits, dashes and underscores, got "my engine"/,
    );
    expect(() => defineTarget({ name: 'mine', module: './engine.ts' })).toThrow(/module: expected a URL or an absolute path/);
    defineTarget({ name: 'nowhere', module: '/nowhere/engine.ts' });
    await expect(findTarget(configOf('nowhere'), workspace.current)).rejects.toThrow(
      /target nowhere module: expected \/nowhere\/engine\.ts with a function createTarget among its exports, got Cannot find module/,
    );
    defineTarget({ name: 'empty', module: pathToFileURL(join(import.meta.dirname, '..', 'processes', 'wait-until.ts')).href });
    await expect(findTarget(configOf('empty'), workspace.current)).rejects.toThrow(
      /createTarget among its exports, got the exports waitUntil/,
    );
  });
});

describe('the contract, on the engine of the docs', () => {
  const contract = new TargetContract(repository);
  afterAll(async () => contract.close());
  const wanted = new Set(['every task once', 'open is what has not ended', 'failed is failed', 'clean is exact', 'ledger is clean']);
  const checks = contract.checks('table-engine').filter(({ name }) => wanted.has(name));

  it.each(checks)('$name', async ({ check }) => {
    defineTarget({ name: 'table-engine', module });
    await expect(check()).resolves.toBeUndefined();
  });

  it('says what a target does otherwise', async () => {
    defineTarget({ name: 'forgetful', module: pathToFileURL(join(import.meta.dirname, 'fixtures', 'forgetful-engine.ts')).href });
    const open = contract.checks('forgetful').find(({ name }) => name === 'open is what has not ended');
    await expect(open?.check()).rejects.toThrow(/Expected values to be strictly deep-equal/);
  });
});
