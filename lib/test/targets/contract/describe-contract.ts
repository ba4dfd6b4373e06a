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
 * `only` some of its checks, by name, are for another way of submitting to an engine that has a file of its own: the rest of it is the same.
 * A file for each target, so that several are tested at a time. One whose program is missing is skipped, and the test's name says why.
 */
export async function describeContract(
  target: string,
  environment: Readonly<Record<string, string>> = {},
  only?: readonly string[],
): Promise<void> {
  Object.assign(process.env, environment);
  const missing = await missingProgram(target, workspace);
  describe.skipIf(missing !== undefined)(`the target ${target}${missing === undefined ? '' : `, not run: ${missing}`}`, () => {
    const contract = new TargetContract(workspace);
    afterAll(async () => contract.close());
    const checks = contract.checks(target);
    const missed = only?.filter((wanted) => !checks.some(({ name }) => name === wanted));
    if (missed && missed.length > 0) throw new Error(`expected names of checks, got ${missed.join(', ')}`);
    for (const { name, check } of checks.filter((each) => only?.includes(each.name) ?? true)) {
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
