import { expect, it } from 'vitest';
import { orchlab } from '../support/orchlab-command.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

const config = `tasks_per_workflow: 1
duration: 0.02
executor: inline
scheduler: { max_concurrent_dispatches: 2, poll_interval_secs: 0.1 }
workflows:
  - { name: urgent, runs: 30, arrival: { constant: 15 }, priority: 5 }
  - { name: bulk, runs: 2, arrival: { constant: 1 }, tasks: 40, limits: { concurrency: 1 } }
`;

it('orchlab neighbour measures a workflow of a real queue alone and beside another', async () => {
  workspace.current.writeConfig('two', config);
  const { code, stdout, stderr } = await orchlab(
    ['neighbour', 'two', '--victim', 'urgent', '--target', 'graphile-worker', '--rounds', '1', '--json'],
    {
      cwd: workspace.current.root,
    },
  );
  expect(code, stderr).toBe(0);
  const { neighbour, status, steps } = JSON.parse(stdout) as {
    status: string;
    steps: { key: string }[];
    neighbour: { victim: string; neighbours: string[]; lines: { name: string; alone: { value: number }; beside: { value: number } }[] };
  };
  expect(status).toBe('done');
  expect(steps.map(({ key }) => key).toSorted()).toEqual(['alone', 'beside']);
  expect(neighbour).toMatchObject({ victim: 'urgent', neighbours: ['bulk'] });
  const p50 = neighbour.lines.find(({ name }) => name === 'response.p50');
  // No task takes less than it works.
  for (const { value } of [p50?.alone, p50?.beside].map((each) => ({ value: each?.value }))) expect(value).toBeGreaterThanOrEqual(0.02);
});

it('orchlab neighbour says what it lacks', async () => {
  workspace.current.writeConfig('two', config);
  const missing = await orchlab(['neighbour', 'two'], { cwd: workspace.current.root });
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain('expected --victim, one of the workflows of two (urgent, bulk), got none');
  const unknown = await orchlab(['run', 'two', '--runs', '5'], { cwd: workspace.current.root });
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('expected nothing (two lists its workflows, each with its own runs), got 5');
});
