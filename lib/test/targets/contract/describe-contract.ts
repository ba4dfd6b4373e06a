import { afterAll, describe, expect, it } from 'vitest';
import { findWorkspace } from '../../../src/config/workspace.ts';
import { TargetContract } from '../../../src/contract/target-contract.ts';
import { waitUntil } from '../../processes/wait-until.ts';
import { missingProgram } from '../../support/missing-program.ts';
import { processesOf, startOrchlab } from '../../support/orchlab-command.ts';
import { temporaryWorkspace } from '../../support/temporary-workspace.ts';

const workspace = findWorkspace(import.meta.dirname);

/**
 * The contract of targets on one that orchlab brings, by the name that a config's `target` gives it; `environment` says where its program is.
 * A file for each target, so that several are tested at a time. One whose program is missing is skipped, and the test's name says why.
 */
export async function describeContract(target: string, environment: Readonly<Record<string, string>> = {}): Promise<void> {
  Object.assign(process.env, environment);
  const missing = await missingProgram(target, workspace);
  describe.skipIf(missing !== undefined)(`the target ${target}${missing === undefined ? '' : `, not run: ${missing}`}`, () => {
    const contract = new TargetContract(workspace);
    afterAll(async () => contract.close());
    for (const { name, check } of contract.checks(target)) {
      it(name, async () => {
        await expect(check()).resolves.toBeUndefined();
      });
    }

    it('Ctrl-C leaves nothing', async () => {
      using temporary = temporaryWorkspace();
      temporary.copyTargets();
      const run = startOrchlab(
        ['run', '--runs', '4', '--tasks', '4', '--duration', '30', '--target', target, '-s', 'scheduler.poll_interval_secs=0.1'],
        { cwd: temporary.root, env: environment },
      );
      await run.seen(/Workers: [1-9]/);
      run.child.kill('SIGINT');
      const { code, stderr } = await run.result;
      expect(code, stderr).toBe(130);
      await waitUntil('no process is left', () => processesOf(temporary.root).length === 0).catch(() => undefined);
      expect(processesOf(temporary.root)).toEqual([]);
    });
  });
}
