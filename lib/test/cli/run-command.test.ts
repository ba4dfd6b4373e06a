import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../src/analysis/summary.ts';
import { isProcessAlive } from '../../src/processes/process-status.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { children } from '../../src/sampling/process-tree.ts';
import { orchlab, processesOf, startOrchlab, temporaryDirectoryOf } from '../support/orchlab-command.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';
import { waitUntil } from '../processes/wait-until.ts';

let workspace: TemporaryWorkspace;
beforeAll(() => {
  workspace = temporaryWorkspace();
  workspace.writeConfig('small', 'workflows: 6\ntasks_per_workflow: 5\nduration: 0.05\nscheduler:\n  poll_interval_secs: 0.1\n');
});
afterAll(() => workspace[Symbol.dispose]());

const long = ['run', '--runs', '10', '--tasks', '5', '--duration', '5', '-s', 'scheduler.poll_interval_secs=0.1'] as const;

function summaryOf(stdout: string): Summary {
  return JSON.parse(stdout) as Summary;
}

/** The latest experiment's directory. */
function latest(): string {
  const names = readdirSync(workspace.results, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return join(
    workspace.results,
    names
      .map(({ name }) => name)
      .sort()
      .at(-1) ?? '',
  );
}

async function expectNothingLeft(): Promise<void> {
  const directories = (): string[] => readdirSync(temporaryDirectoryOf(workspace.root)).filter((name) => name.startsWith('orchlab-'));
  await waitUntil('nothing is left', () => processesOf(workspace.root).length + directories().length === 0).catch(() => undefined);
  expect(processesOf(workspace.root)).toEqual([]);
  expect(directories()).toEqual([]);
}

describe('orchlab run', () => {
  it('prints one JSON object whose latencies are what SQL says, on a kept database', async () => {
    const { code, stdout, stderr } = await orchlab(['run', 'small', '--json', '--keep-database', '--commit', 'v2-rc1'], {
      cwd: workspace.root,
    });
    try {
      expect(code, stderr).toBe(0);
      const summary = summaryOf(stdout);
      expect(summary).toMatchObject({
        config: 'small',
        target: { name: 'dbos' },
        status: 'done',
        tasks: { submitted: 30, finished: 30, failed: 0, cancelled: 0, lost: 0 },
      });
      expect(summary.workers.peakCount).toBeGreaterThanOrEqual(1);
      expect(summary.workers.peakCount).toBeLessThanOrEqual(20);
      expect(summary.scheduler.rssBytesPeak).toBeGreaterThan(40e6);

      expect((await openExperiment(latest())).manifest.targetCommit).toBe('v2-rc1');

      // What it says of the kept database is to be run as printed.
      const [, printed = ''] = /To look at it: psql "\$\(npx orchlab (db url .*)\)"/.exec(stderr) ?? [];
      expect(printed).toBe(`db url --database ${(await openExperiment(latest())).manifest.database.name}`);
      expect(stderr).not.toMatch(/postgres:\/\//);
      const url = (await orchlab(printed.split(' '), { cwd: workspace.root })).stdout.trim();
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query<Record<string, number>>(`
        SELECT avg(s)::float AS avg, min(s)::float AS min, max(s)::float AS max,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY s) AS p50, percentile_cont(0.9) WITHIN GROUP (ORDER BY s) AS p90
        FROM (SELECT (completed_at - created_at - 0.5) / 1000.0::float AS s FROM dbos.workflow_status WHERE name = 'task') AS latencies`);
      await client.end();
      for (const [name, value] of Object.entries(rows[0] ?? {})) expect(summary.latencySeconds[name as 'avg'], name).toBeCloseTo(value, 9);
      expect(Object.keys(rows[0] ?? {})).toHaveLength(5);
      // Thirty tasks carry no p99.
      expect(summary.latencySeconds.p99).toBeNull();

      expect(await orchlab(['db', 'clean'], { cwd: workspace.root })).toMatchObject({ code: 0, stderr: '1 databases dropped\n' });
    } finally {
      await orchlab(['db', 'stop'], { cwd: workspace.root });
    }
    await expectNothingLeft();
  });

  it('prints the summary, saves it with the report, and leaves no process', async () => {
    const { code, stdout, stderr } = await orchlab(['run', 'small', '--executor', 'inline'], { cwd: workspace.root });
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('=== Performance Test Configuration ===\nConfig: small\n');
    expect(stdout).toContain('30 submitted = 30 finished + 0 failed + 0 cancelled + 0 lost');
    const directory = latest();
    expect(readdirSync(directory).sort()).toEqual(
      [
        'bystander.arrow',
        'counts.arrow',
        'events.arrow',
        'executions.arrow',
        'firings.arrow',
        'histograms.arrow',
        'host.arrow',
        'manifest.json',
        'metrics.arrow',
        'postgres.arrow',
        'processes.arrow',
        'report.html',
        'runs.arrow',
        'scheduler-0.log',
        'statementReadings.arrow',
        'statements.arrow',
        'tableSizes.arrow',
        'summary.json',
        'tasks.arrow',
        'waits.arrow',
      ].sort(),
    );
    expect(readFileSync(`${directory}.txt`, 'utf8')).toContain('=== Performance Test Results ===');
    await expectNothingLeft();
  });

  it('counts tasks that fail as failed', async () => {
    const { code, stdout } = await orchlab(['run', 'small', '--json', '-s', 'script=failing-task.sh'], { cwd: workspace.root });
    expect(code).toBe(0);
    expect(summaryOf(stdout).tasks).toMatchObject({ submitted: 30, finished: 0, failed: 30, lost: 0 });
    expect(summaryOf(stdout).latencySeconds.p50).toBeNull();
  });

  it('keeps the evidence and says why when the scheduler is killed', async () => {
    const run = startOrchlab([...long, '--json'], { cwd: workspace.root });
    await run.seen(/Workers: [1-9]/);
    const schedulers = processesOf(workspace.root).filter((line) => line.includes('scheduler-main'));
    expect(schedulers).toHaveLength(1);
    process.kill(Number.parseInt(schedulers[0] ?? '', 10), 'SIGKILL');
    const { code, stdout, stderr } = await run.result;
    expect(code).toBe(3);
    expect(stderr).toContain('failed: scheduler 0 ended with SIGKILL while it was needed');
    expect(summaryOf(stdout)).toMatchObject({ status: 'failed', tasks: { submitted: 50, finished: 0, lost: 50 } });
    const experiment = await openExperiment(latest());
    expect(experiment.manifest.status).toBe('failed');
    expect(experiment.tasks.numRows()).toBe(50);
    expect(experiment.processes.numRows()).toBeGreaterThan(0);
    expect(existsSync(join(latest(), 'report.html'))).toBe(true);
    await expectNothingLeft();
  });

  it('leaves nothing when it is killed itself, and what was sampled can be opened', async () => {
    const run = startOrchlab(long, { cwd: workspace.root });
    await run.seen(/Workers: [1-9]/);
    run.child.kill('SIGKILL');
    await run.result;
    await expectNothingLeft();
    const experiment = await openExperiment(latest());
    expect(experiment.manifest.status).toBe('interrupted');
    expect(experiment.runs.numRows()).toBe(10);
  });

  it('leaves nothing when the process of the experiment is killed', async () => {
    const run = startOrchlab(long, { cwd: workspace.root });
    await run.seen(/Workers: [1-9]/);
    const [experimentPid = -1] = await children(run.child.pid ?? -1);
    expect(isProcessAlive(experimentPid)).toBe(true);
    // What was sampled goes to the files every second.
    await expect.poll(async () => (await openExperiment(latest())).processes.numRows(), { timeout: 20_000 }).toBeGreaterThan(0);
    process.kill(experimentPid, 'SIGKILL');
    const { code, stderr } = await run.result;
    expect(code).toBe(3);
    expect(stderr).toContain("failed: the experiment's process ended with SIGKILL");
    await expectNothingLeft();
    const experiment = await openExperiment(latest());
    expect(experiment.manifest.status).toBe('failed');
    expect(experiment.processes.numRows()).toBeGreaterThan(0);
  });

  it.each([
    ['a config that is not there', ['run', 'nothing'], 2, /^orchlab: nothing: expected one of the configs .*, small, standard of/],
    ['a target that is not there', ['run', 'small', '--target', 'none'], 2, /target: expected one of dbos.*, got "none"/],
    [
      'a script that is not there',
      ['run', 'small', '-s', 'script=none.sh'],
      2,
      /script: expected a file of test-scripts\/.*got none\.sh, which does not exist/,
    ],
    ['a wrong option', ['run', 'small', '--runs', '0'], 2, /options workflows: expected a number of at least 1, got 0/],
    ['an unknown option', ['run', 'small', '--frobnicate'], 2, /unknown option '--frobnicate'/],
  ])('refuses %s', async (_name, args, expectedCode, message) => {
    const before = existsSync(workspace.results) ? readdirSync(workspace.results).length : 0;
    const { code, stdout, stderr } = await orchlab(args, { cwd: workspace.root });
    expect(code).toBe(expectedCode);
    expect(stderr).toMatch(message);
    expect(stdout).not.toContain('Results');
    expect(existsSync(workspace.results) ? readdirSync(workspace.results).length : 0).toBe(before);
  });

  it('says that the database can not be reached, without its password', async () => {
    const env = { DATABASE_URL: 'postgres://somebody:geheim@127.0.0.1:1/nowhere' };
    const { code, stderr, stdout } = await orchlab(['run', 'small', '--json'], { cwd: workspace.root, env });
    expect(code).toBe(3);
    expect(stderr).toContain('could not connect to database "nowhere" as user "somebody" at 127.0.0.1:1');
    expect(`${stderr}${stdout}${readFileSync(join(latest(), 'manifest.json'), 'utf8')}`).not.toContain('geheim');
    await expectNothingLeft();
  });

  it('says once why there is nothing to summarize, and what to do', async () => {
    const env = { DATABASE_URL: 'postgres://somebody:geheim@127.0.0.1:1/nowhere' };
    const { code, stderr, stdout } = await orchlab(['run', 'small'], { cwd: workspace.root, env });
    expect(code).toBe(3);
    const reason =
      /could not connect to database "nowhere" as user "somebody" at 127\.0\.0\.1:1: .*Check that the server runs and that DATABASE_URL/g;
    expect(stderr.match(reason)).toHaveLength(1);
    expect(stdout).toMatch(/Configuration[^]*\n\nResults: perf-results\/\S+\n$/);
    expect(stdout).not.toMatch(/connect|unknown|Results ===/);
    // Whoever opens the results finds it there.
    const saved = await orchlab(['show', 'latest'], { cwd: workspace.root });
    expect(saved.stdout).toMatch(/Results ===\n\nStatus: failed before anything was measured \(could not connect .*\)\n\nResults: \S+\n$/);
    expect(saved.stdout).not.toContain('unknown');
  });
});
