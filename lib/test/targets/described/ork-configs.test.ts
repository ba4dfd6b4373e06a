import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { listConfigs, loadConfig } from '../../../src/config/load-config.ts';

/** The five files of ork's own perf-configs, as they are. */
const files = {
  quick: { workflows: 10, tasks: 5, duration: 0.1, poll: 1, batch: 50, dispatches: 20, checks: 50 },
  standard: { workflows: 100, tasks: 5, duration: 0.1, poll: 2, batch: 100, dispatches: 50, checks: 100 },
  heavy: { workflows: 1000, tasks: 10, duration: 0.05, poll: 0.1, batch: 5000, dispatches: 500, checks: 1000 },
  latency: { workflows: 50, tasks: 5, duration: 0.01, poll: 1, batch: 100, dispatches: 50, checks: 100 },
  memory: { workflows: 100, tasks: 20, duration: 2.0, poll: 1, batch: 200, dispatches: 100, checks: 100 },
} as const;

const directory = mkdtempSync(join(tmpdir(), 'orchlab-ork-configs-'));
afterAll(() => rmSync(directory, { recursive: true }));
for (const [name, { workflows, tasks, duration, poll, batch, dispatches, checks }] of Object.entries(files)) {
  writeFileSync(
    join(directory, `${name}.yaml`),
    `# ${name} load test
workflows: ${workflows}
tasks_per_workflow: ${tasks}
duration: ${duration}

scheduler:
  poll_interval_secs: ${poll}
  max_tasks_per_batch: ${batch}
  max_concurrent_dispatches: ${dispatches}
  max_concurrent_status_checks: ${checks}
`,
  );
}

it.each(Object.entries(files))(
  "loads ork's config %s unchanged",
  async (name, { workflows, tasks, duration, poll, batch, dispatches, checks }) => {
    expect(await loadConfig(name, { configDirectory: directory, overrides: { target: 'ork' } })).toMatchObject({
      name,
      workflows,
      tasks_per_workflow: tasks,
      duration,
      target: 'ork',
      executor: 'process',
      arrival: 'burst',
      scheduler: {
        poll_interval_secs: poll,
        max_tasks_per_batch: batch,
        max_concurrent_dispatches: dispatches,
        max_concurrent_status_checks: checks,
        db_pool_size: 10,
      },
    });
  },
);

it('finds them by name in --config-dir', async () => {
  expect(await listConfigs(directory)).toEqual(['heavy', 'latency', 'memory', 'quick', 'standard']);
});
