import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfigFile } from '../../src/config/perf-config.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { findTarget } from '../../src/targets/registry.ts';

const batchEngine = join(import.meta.dirname, 'fixtures/batch-engine.yaml');

/** What a target makes of the recovery block of a config: the engine's options, and what it says does not apply. */
async function recoveryOf(
  target: string,
  recovery: PerfConfigFile['recovery'],
): Promise<{ readonly options: Readonly<Record<string, unknown>>; readonly warnings: readonly string[] }> {
  const config = createConfig({
    workflows: 1,
    tasks_per_workflow: 1,
    duration: 0,
    executor: 'inline',
    target,
    ...(recovery && { recovery }),
  });
  const createTarget = await findTarget(config, findWorkspace(import.meta.dirname));
  // Made and not prepared: it looks at no database.
  await using made = await createTarget({
    config,
    databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
    task: { executor: 'inline', duration: 0 } as never,
    logDirectory: '/none',
    temporaryDirectory: '/none',
    protect: () => undefined as never,
  });
  return { options: made.options, warnings: made.warnings };
}

describe('recovery', () => {
  it('is, without a word of it, one attempt, and all else as the engine has it', async () => {
    const [pgBoss, graphile, dbos] = await Promise.all(
      ['pg-boss', 'graphile-worker', 'dbos'].map(async (name) => recoveryOf(name, undefined)),
    );
    expect(pgBoss?.options).toMatchObject({ retryLimit: 0 });
    expect(Object.keys(pgBoss?.options ?? {})).not.toEqual(expect.arrayContaining([expect.stringMatching(/heartbeat|monitorInterval/)]));
    expect(graphile?.options).toMatchObject({ maxAttempts: 1, completeJobBatchDelay: 0 });
    expect(dbos?.options).not.toHaveProperty('maxAttempts');
    for (const each of [pgBoss, graphile, dbos]) expect(each?.warnings).toEqual([]);
  });

  it('becomes retries, heartbeats and how often pg-boss looks for missed ones, in the seconds that it takes', async () => {
    const asked = await recoveryOf('pg-boss', { max_attempts: 3, dead_after_seconds: 20, check_seconds: 2 });
    expect(asked.options).toMatchObject({ retryLimit: 2, heartbeatSeconds: 20, superviseIntervalSeconds: 2, monitorIntervalSeconds: 2 });
    expect(asked.warnings).toEqual([]);
    const tooShort = await recoveryOf('pg-boss', { max_attempts: 2, dead_after_seconds: 3, check_seconds: 0.2 });
    expect(tooShort.options).toMatchObject({ retryLimit: 1, heartbeatSeconds: 10, monitorIntervalSeconds: 1 });
    expect(tooShort.warnings).toEqual([
      expect.stringContaining('dead_after_seconds 3 is taken as 10'),
      expect.stringContaining('check_seconds 0.2 is taken as 1'),
    ]);
  });

  it.each([
    ['graphile-worker', { maxAttempts: 3, completeJobBatchDelay: -1, failJobBatchDelay: -1 }, ['dead_after_seconds', 'check_seconds']],
    ['dbos', { maxAttempts: 3, retriesAllowed: true }, ['dead_after_seconds', 'check_seconds']],
    [batchEngine, {}, ['max_attempts', 'dead_after_seconds', 'check_seconds']],
  ])('of %s are its retries, and it says what does not apply', async (target, options, unused) => {
    const { options: made, warnings } = await recoveryOf(target, { max_attempts: 3, dead_after_seconds: 20, check_seconds: 2 });
    expect(made).toMatchObject(options);
    expect(warnings).toEqual(unused.map((key) => expect.stringContaining(`recovery.${key} does not apply`)));
    // What the config leaves out is no warning.
    expect((await recoveryOf(target, {})).warnings).toEqual([]);
  });

  it('refuses no attempt at all, and a key that is not there', () => {
    const make = (recovery: object) => () => createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 0, recovery });
    expect(make({ max_attempts: 0 })).toThrow(/recovery\.max_attempts.*expected/);
    expect(make({ heartbeat: 3 })).toThrow(/recovery\.heartbeat/);
  });
});
