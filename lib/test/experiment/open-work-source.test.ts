import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { connect } from '../../src/database/database-client.ts';
import { createExperimentDatabase } from '../../src/database/open-database.ts';
import { OpenWorkSource } from '../../src/experiment/open-work-source.ts';
import { EndedRuns } from '../../src/load/drive.ts';
import { SharedCount } from '../../src/processes/shared-count.ts';
import type { Row } from '../../src/results/tables.ts';
import type { Target } from '../../src/targets/target.ts';
import { systemClock } from '../../src/timing/clock.ts';
import { withLimit } from '../../src/timing/with-limit.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { makeTarget } from '../support/make-target.ts';
import { usePrivateServer } from '../support/private-server.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';

const postgres = usePrivateServer();

/** This thread, which stands for the driver's, does nothing for so long. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** What is open of a target of which 5 runs were accepted, counted on a real Postgres. */
function counting(open: Target['open'], databaseUrl = postgres.server.url, isWatched = false) {
  const accepted = new SharedCount();
  for (let run = 0; run < 5; run++) accepted.add();
  const ended = isWatched ? new EndedRuns() : undefined;
  const rows: Row<'counts'>[] = [];
  const failures: string[] = [];
  const lost = new AbortController();
  const source = new OpenWorkSource({
    target: { open },
    databaseUrl,
    accepted,
    acceptedTasks: new SharedCount(),
    ended,
    onFailure: (reason) => failures.push(reason),
  });
  return { source, rows, failures, ended, lost, start: async () => source.start((_, row) => rows.push(row as never), lost.signal) };
}

describe('the counts of what is open', () => {
  const directory = mkdtempSync(join(tmpdir(), 'orchlab-counts-'));
  let workspace: TemporaryWorkspace;
  beforeAll(() => {
    workspace = temporaryWorkspace();
    const targets = join(workspace.configs, 'targets');
    cpSync(join(findWorkspace(import.meta.dirname).root, 'docs/examples'), targets, { recursive: true });
  });
  afterAll(() => {
    workspace[Symbol.dispose]();
    rmSync(directory, { recursive: true });
  });

  it.each(['dbos', 'pg-boss', 'graphile-worker', 'minimal'])('of %s go on while the thread of the driver stands still', async (name) => {
    await using database = await createExperimentDatabase(postgres.server, 'counts');
    const config = createConfig({ workflows: 5, tasks_per_workflow: 3, duration: 0, target: name }, 'counts');
    await using target = await makeTarget(config, workspace, database.url, directory);
    await target.prepare();
    for (let runIndex = 0; runIndex < 5; runIndex++) await target.submit({ runIndex, taskCount: 3, runId: `run-${runIndex}` });
    const { source, rows, failures, start } = counting(target.open, database.url);
    await start();
    // The first are slow, and slow ones are followed by a pause.
    await waitUntil('counts are quick', () => rows.length >= 3);
    const fromMs = systemClock.nowMs();
    standStill(1000);
    const toMs = systemClock.nowMs();
    await waitUntil('the counts of that time have come', () => rows.some(({ atMs }) => atMs > toMs));
    // 4 would be due; the machine has other work, too.
    expect(rows.filter(({ atMs }) => atMs > fromMs && atMs < toMs).length).toBeGreaterThanOrEqual(1);
    expect(new Set(rows.map(({ submittedRuns, openRuns, openTasks }) => `${submittedRuns} ${openRuns} ${openTasks}`))).toEqual(
      new Set(['5 5 15']),
    );
    expect(await source.stop()).toEqual([]);
    expect(failures).toEqual([]);
  });

  it('tell the driver in a closed load how many of the runs have ended that were accepted', async () => {
    const open = { sql: 'SELECT $2::int - $1::int AS runs, 0 AS tasks', values: [2], takesAcceptedRuns: true };
    const { source, ended, start } = counting(open, undefined, true);
    await start();
    await waitUntil('two have ended', () => ended?.count === 2);
    expect(source.watchCost()).toBeUndefined();
    source.endWatch();
    await source.stop();
    expect(source.watchCost()?.reads).toBeGreaterThanOrEqual(1);
    expect(source.watchCost()?.failures).toBe(0);
  });

  it('say why they can not be told, and go on', async () => {
    await using database = await createExperimentDatabase(postgres.server, 'counts');
    await using client = await connect(database.url);
    await client.query('CREATE SEQUENCE asked');
    const sql = "SELECT 1 AS runs, 1 AS tasks, CASE WHEN nextval('asked') < 3 THEN 'a task in no state' END AS problem";
    const { source, rows, start } = counting({ sql, values: [] }, database.url);
    await start();
    await waitUntil('there is a count', () => rows.length > 0);
    expect(await source.stop()).toEqual(['2 readings of counts failed, the first with: a task in no state']);
  });

  it('end though the engine does not answer, and that is no failure', async () => {
    const { source, rows, failures, start } = counting({ sql: 'SELECT pg_sleep(60), 0 AS runs, 0 AS tasks', values: [] });
    await start();
    expect(await withLimit(source.stop(), 20, 'stopping')).toEqual([]);
    expect([rows, failures]).toEqual([[], []]);
  });

  it('are made in this thread where the target gives a function', async () => {
    const { source, rows, start } = counting(async () => ({ runs: 1, tasks: 3 }));
    await start();
    await waitUntil('there is a count', () => rows.length > 0);
    expect(rows[0]).toMatchObject({ submittedRuns: 5, openRuns: 1, openTasks: 3 });
    expect(await source.stop()).toEqual([]);
  });

  it('fail the experiment when their thread is gone: nothing would ever end it', async () => {
    const { source, failures, start } = counting({ sql: 'SELECT 0 AS runs, 0 AS tasks', values: [] });
    await start();
    const { thread } = source as unknown as { readonly thread: { terminate(): Promise<number> } };
    await thread.terminate();
    expect(failures).toEqual(["what is open can't be counted any more: the thread that counts it ended with code 1"]);
    expect(await source.stop()).toEqual([]);
  });
});
