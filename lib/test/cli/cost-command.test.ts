import { expect, it } from 'vitest';
import { orchlab } from '../support/orchlab-command.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

it('orchlab cost measures a real queue, alone and beside a bystander', async () => {
  workspace.current.writeConfig(
    'short',
    `load_seconds: 3
arrival: { constant: 20 }
tasks_per_workflow: 5
duration: 0
executor: inline
idle: 4
bystander: { rate: 200, alone_seconds: 2 }
`,
  );
  const { code, stdout, stderr } = await orchlab(['cost', 'graphile-worker', '--config', 'short', '--rounds', '1', '--json'], {
    cwd: workspace.current.root,
  });
  expect(code, stderr).toBe(0);
  const { cost, status, total } = JSON.parse(stdout) as {
    status: string;
    total: number;
    cost: { tasksPerSecond: number; lines: { group: string; name: string; cost: { value: number } }[] };
  };
  expect({ status, total, tasksPerSecond: cost.tasksPerSecond }).toEqual({ status: 'done', total: 2, tasksPerSecond: 100 });
  const value = (group: string, name: string): number | undefined =>
    cost.lines.find((line) => line.group === group && line.name === name)?.cost.value;
  // A submission, which is five tasks, is one at least.
  expect(value('task', 'database.commitsPerTask')).toBeGreaterThan(0.2);
  expect(value('task', 'database.walBytesPerTask')).toBeGreaterThan(100);
  expect(value('task', 'postgres.cpuPerTask')).toBeGreaterThan(0);
  expect(value('idle', 'idle.transactionsPerSecond')).toBeGreaterThanOrEqual(0);
  expect(value('bystander', 'bystanderAlone.p99')).toBeGreaterThan(0);
  expect(value('bystander', 'bystander.p99')).toBeGreaterThan(0);
});

it('orchlab cost says what it lacks', async () => {
  const { code, stderr } = await orchlab(['cost'], { cwd: workspace.current.root });
  expect(code).toBe(2);
  expect(stderr).toContain('cost: expected a target, as in orchlab cost pg-boss, got none');
});
