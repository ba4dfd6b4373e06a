import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfigFile } from '../../src/config/perf-config.ts';
import { connect } from '../../src/database/database-client.ts';
import { startPrivateServer } from '../../src/database/private-server.ts';
import { Ending } from '../../src/experiment/ending.ts';
import { executeExperiment } from '../../src/experiment/execute-experiment.ts';
import { watchDatabase } from '../../src/experiment/watch-database.ts';
import { startGuard } from '../../src/processes/guard.ts';
import { type ProcessStatus, isProcessAlive, readProcessStatus } from '../../src/processes/process-status.ts';
import { stopProcess } from '../../src/processes/stop-process.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import type { ExperimentPhase } from '../../src/results/progress.ts';
import { descendants } from '../../src/sampling/process-tree.ts';
import type { CreateTarget, Target, TaskRow } from '../../src/targets/target.ts';
import { systemClock } from '../../src/timing/clock.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { createOracle } from '../support/oracle-target.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

const gone = /^the Postgres server \(process \d+\) ended while it was needed: it was killed/;
const silent = /^the database did not answer any more: no answer within 4 s, on a new connection neither$/;

/** What is done to the server: its postmaster is killed, or it stands still with all its backends, so that nobody is told anything. */
type Harm = 'killed' | 'silent';

describe.each([
  ['killed', gone],
  ['silent', silent],
] as const)('a database that is %s', (harm, reason) => {
  it('is noticed within 5 s', async () => {
    await using guard = startGuard();
    await using server = await startPrivateServer({ guard });
    await using trial = new Trial(harm);
    const ending = new Ending();
    await using _watch = await watchDatabase(server, ending, systemClock);
    await trial.begin();
    await Promise.race([ending.wait(), fiveSeconds()]);
    expect(ending.outcome).toMatchObject({ status: 'failed', message: expect.stringMatching(reason) });
    expect(ending.lost.aborted).toBe(true);
  });

  it.each(['load', 'drain', 'collect'] as const)('in the phase %s ends the experiment with the reason', async (phase) => {
    await using trial = new Trial(harm);
    const outcome = await trial.run(phase);
    expect(outcome).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) });
    const { runs, manifest } = await openExperiment(outcome.directory);
    expect(runs.numRows()).toBeGreaterThanOrEqual(4);
    // Nothing that is let go waits for it for long.
    expect(manifest.times.endedMs).toBeLessThan(trial.harmedMs + 60_000);
  });
});

it('a count that takes as long as it likes ends nothing', async () => {
  const { createTarget } = createOracle({ seed: 1 });
  const slow: CreateTarget = async (context) => {
    const target = await createTarget(context);
    const { open } = target;
    assert(typeof open !== 'function');
    return {
      ...target,
      async prepare() {
        await target.prepare();
        await using client = await connect(context.databaseUrl);
        await client.query('CREATE SEQUENCE counted');
      },
      // Longer than what the database may take to answer the simplest question; and one that fails.
      open: {
        ...open,
        sql: `SELECT counts.*, CASE number WHEN 2 THEN pg_sleep(5)::text WHEN 3 THEN (1 / (number - 3))::text END AS ignored
              FROM (SELECT nextval('counted') AS number OFFSET 0) AS next, (${open.sql}) AS counts`,
      },
    };
  };
  const config = createConfig({ workflows: 10, tasks_per_workflow: 2, duration: 0, executor: 'inline', target: 'oracle', timeout: 60 });
  const outcome = await executeExperiment(
    { config, workspace: workspace.current, keepDatabase: false },
    { signal: new AbortController().signal, onProgress: () => undefined },
    { createTarget: slow },
  );
  expect(outcome).toMatchObject({ status: 'done', reason: '' });
  const { manifest } = await openExperiment(outcome.directory);
  expect(manifest.ledger).toMatchObject({ submitted: 20, finished: 20 });
});

/** In as many timers as the watch may take, one after the other: a machine that is busy delays both alike. */
async function fiveSeconds(): Promise<void> {
  for (const ms of [400, 1500, 2500, 600]) await delay(ms);
}

/** An experiment on an oracle, in one of whose phases its database is harmed. */
class Trial implements AsyncDisposable {
  harmedMs = Number.NaN;
  private readonly harm: Harm;
  private postgres: readonly ProcessStatus[] = [];

  constructor(harm: Harm) {
    this.harm = harm;
  }

  async run(phase: Exclude<ExperimentPhase, 'starting' | 'ended'>) {
    // In the drain there is a task that never ends.
    const { createTarget } = createOracle({ seed: 1, endOf: () => (phase === 'drain' ? 'lost' : 'finished') });
    const load: Partial<PerfConfigFile> = phase === 'load' ? { load_seconds: 300, arrival: { closed: 4 } } : { workflows: 4 };
    return executeExperiment(
      {
        config: createConfig({ tasks_per_workflow: 1, duration: 0, executor: 'inline', target: 'oracle', timeout: 600, ...load }),
        workspace: workspace.current,
        keepDatabase: false,
      },
      {
        signal: new AbortController().signal,
        onProgress: (progress) => {
          if (progress.phase === phase && phase !== 'collect' && progress.runs.sent >= 4) void this.begin();
        },
      },
      {
        createTarget: async (context) => {
          const target = await createTarget(context);
          return {
            ...target,
            // In the middle of reading.
            readTasks: () => this.harmWhileReading(target, phase === 'collect'),
          };
        },
      },
    );
  }

  private async *harmWhileReading(target: Target, isHarmed: boolean): AsyncGenerator<readonly TaskRow[]> {
    if (isHarmed) {
      await this.begin();
      // A backend whose postmaster was killed may still answer for a moment.
      const isGone = ({ pid, startTime }: ProcessStatus): boolean => !isProcessAlive(pid, startTime);
      if (this.harm === 'killed') await waitUntil('its backends are gone too', () => this.postgres.every(isGone));
    }
    yield* target.readTasks();
  }

  async begin(): Promise<void> {
    if (!Number.isNaN(this.harmedMs)) return;
    this.harmedMs = Date.now();
    this.postgres = await findPostgres();
    const [postmaster] = this.postgres;
    if (this.harm === 'killed') process.kill(postmaster?.pid ?? -1, 'SIGKILL');
    else for (const { pid } of this.postgres) process.kill(pid, 'SIGSTOP');
  }

  /** Without their postmaster, too, those that stand still would be there for ever. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.postgres.map(async ({ pid, startTime }) => stopProcess(pid, { signal: 'SIGKILL', startTime })));
  }
}

/** The processes of the embedded server, postmaster first. */
async function findPostgres(): Promise<readonly ProcessStatus[]> {
  for (const pid of await descendants(process.pid)) {
    const [program = '', ...options] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (!program.endsWith('/postgres') || !options.includes('-D')) continue;
    return [pid, ...(await descendants(pid))].flatMap((each) => readProcessStatus(each) ?? []);
  }
  return [];
}
