import { expect, it, onTestFinished } from 'vitest';
import { findWorkspace } from '../../src/config/workspace.ts';
import { TargetLab, waitUntil } from '../../src/contract/target-lab.ts';
import { startGuard } from '../../src/processes/guard.ts';
import { usePrivateServer } from '../support/private-server.ts';

const postgres = usePrivateServer();

it('a DBOS workflow whose scheduler was killed goes on where it was: the rest of its tasks, in order, once', async () => {
  const guard = startGuard();
  onTestFinished(async () => guard[Symbol.asyncDispose]());
  await using lab = await TargetLab.create({
    target: 'dbos',
    workspace: findWorkspace(import.meta.dirname),
    server: postgres.server,
    guard,
    values: { duration: 0.3, shape: 'chain' },
  });
  const killed = await lab.startScheduler();
  const [id] = await lab.submit(1);
  await waitUntil('its second task executes', () => lab.executions().length === 2);
  process.kill(killed.pid, 'SIGKILL');
  await killed.exited;
  await lab.startScheduler();
  await lab.ended(4);
  expect((await lab.tasks()).map(({ runId, status }) => [runId, status])).toEqual(Array.from({ length: 4 }, () => [id, 'finished']));
  // What was in work when it was killed begins again.
  const executed = lab.executions().map(({ taskIndex }) => taskIndex);
  expect([
    [0, 1, 2, 3],
    [0, 1, 1, 2, 3],
  ]).toContainEqual(executed);
});
