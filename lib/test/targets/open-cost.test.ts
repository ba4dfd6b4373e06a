import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { createExperimentDatabase } from '../../src/database/open-database.ts';
import { makeTarget } from '../support/make-target.ts';
import { usePrivateServer } from '../support/private-server.ts';
import { openCounter } from '../../src/targets/open-counter.ts';
import { workflowKey } from '../../src/targets/workflow-key.ts';
import { waitUntil } from '../processes/wait-until.ts';

const directory = mkdtempSync(join(tmpdir(), 'orchlab-open-'));
const postgres = usePrivateServer();
afterAll(() => rmSync(directory, { recursive: true }));

const queue = `orchlab-${workflowKey('cost')}`;

/** 100,000 tasks that have ended, as the engine keeps them. */
const ended: Readonly<Record<string, string>> = {
  dbos: `
    INSERT INTO dbos.workflow_status (workflow_uuid, status, name, queue_name, parent_workflow_id, created_at, updated_at, completed_at)
    SELECT 'old' || n / 10 || '-' || n % 10, 'SUCCESS', 'task', '${queue}-tasks', 'old' || n / 10, 1, 1, 1 FROM generate_series(0, 99999) AS n;
    INSERT INTO dbos.workflow_status (workflow_uuid, status, name, queue_name, created_at, updated_at, completed_at)
    SELECT 'old' || n, 'SUCCESS', 'run', '${queue}-runs', 1, 1, 1 FROM generate_series(0, 9999) AS n`,
  'pg-boss': `
    INSERT INTO pgboss.job (name, data, state, policy, created_on, started_on, completed_on)
    SELECT '${queue}', json_build_object('runId', 'old' || n / 10, 'taskIndex', n % 10), 'completed', 'standard', now(), now(), now()
    FROM generate_series(0, 99999) AS n`,
  'graphile-worker': `
    INSERT INTO orchlab.graphile_tasks SELECT '${queue}', 'old' || n / 10, n % 10, false, 1, 1, 1, 1, 1 FROM generate_series(0, 99999) AS n`,
};

it.each(Object.entries(ended))('%s: counting what is open looks at no task that has ended', async (name, sql) => {
  await using database = await createExperimentDatabase(postgres.server, 'cost');
  const config = createConfig({ workflows: 5, tasks_per_workflow: 10, duration: 0, executor: 'inline', target: name }, 'cost');
  await using target = await makeTarget(config, findWorkspace(import.meta.dirname), database.url, directory);
  await target.prepare();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(sql);
    await client.query('ANALYZE');
    for (let runIndex = 0; runIndex < 5; runIndex++) await target.submit({ runIndex, taskCount: 10, runId: randomUUID() });
    /** Scans begun, and rows looked at, of all the engine's tables. */
    const read = async (): Promise<{ scans: number; rows: number }> => {
      const { rows } = await client.query<{ scans: string; rows: string }>(
        `SELECT sum(seq_scan + coalesce(idx_scan, 0)) AS scans, sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) AS rows
         FROM pg_stat_user_tables WHERE relname IN ('workflow_status', 'job_common', '_private_jobs', 'graphile_tasks')`,
      );
      return { scans: Number(rows[0]?.scans), rows: Number(rows[0]?.rows) };
    };
    await using counter = openCounter(target.open, database.url);
    expect(await counter.count(5)).toEqual({ runs: 5, tasks: 50 });
    // Backends report what they did up to a second later.
    let before = await read();
    await waitUntil('the statistics have settled', async () => {
      const last = before;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      before = await read();
      return last.scans === before.scans;
    });
    for (let count = 0; count < 10; count++) await counter.count(5);
    let after = before;
    await waitUntil('the counts show in the statistics', async () => (after = await read()).scans >= before.scans + 10);
    expect(after.rows - before.rows).toBeGreaterThan(0);
    expect((after.rows - before.rows) / 10).toBeLessThanOrEqual(100);
  } finally {
    await client.end();
  }
});
