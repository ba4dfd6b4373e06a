/**
 * The contract of targets on all that orchlab brings: the table at the end is target by check.
 *
 * A target whose program is missing is left out, and the table says so; ORCHLAB_CONTRACT=dbos,ork runs only those.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findWorkspace } from '../../../src/config/workspace.ts';
import { TargetContract } from '../../../src/contract/target-contract.ts';
import { processesOf, startOrchlab } from '../../support/orchlab-command.ts';
import { temporaryWorkspace } from '../../support/temporary-workspace.ts';
import { waitUntil } from '../../processes/wait-until.ts';
import { ContractTable } from './contract-table.ts';
import { contractTargets } from './contract-targets.ts';

const targets = await contractTargets();
const table = new ContractTable();
const contract = new TargetContract(findWorkspace(import.meta.dirname));

afterAll(async () => {
  await contract.close();
  process.stdout.write(`\n${table.text(targets)}\n`);
});

describe.each(targets.filter(({ missing }) => missing === undefined))('the target $name', ({ name, environment }) => {
  beforeAll(() => {
    Object.assign(process.env, environment);
  });
  for (const { name: what, check } of [...contract.checks(name), { name: 'Ctrl-C leaves nothing', check: pressCtrlC }]) {
    it.each([what])('%s', async () => {
      await table.note(name, what, check);
      expect(table.of(name, what)).toBe('ok');
    });
  }

  async function pressCtrlC(): Promise<void> {
    using workspace = temporaryWorkspace();
    workspace.copyTargets();
    const run = startOrchlab(
      ['run', '--runs', '4', '--tasks', '4', '--duration', '30', '--target', name, '-s', 'scheduler.poll_interval_secs=0.1'],
      {
        cwd: workspace.root,
        env: environment,
      },
    );
    await run.seen(/Workers: [1-9]/);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.result;
    expect(code, stderr).toBe(130);
    await waitUntil('no process is left', () => processesOf(workspace.root).length === 0, 10_000).catch(() => undefined);
    expect(processesOf(workspace.root)).toEqual([]);
  }
});

it('says what is wrong with a target that breaks it', async () => {
  // Docs: what a check rejects with is the sentence to read.
  const [first] = contract.checks('no-such-engine');
  await expect(first?.check()).rejects.toThrow(/target: expected one of dbos, .*got "no-such-engine"/);
});
