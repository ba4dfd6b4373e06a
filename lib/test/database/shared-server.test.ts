import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { chown, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/database/database-client.ts';
import { createExperimentDatabase } from '../../src/database/experiment-database.ts';
import { openServer } from '../../src/database/open-database.ts';
import { findPostgresAccount } from '../../src/database/postgres-account.ts';
import { removeSharedCluster } from '../../src/database/shared-cluster.ts';
import { findSharedServer, resetSharedServer, startSharedServer, stopSharedServer } from '../../src/database/shared-server.ts';
import { startGuard } from '../../src/processes/guard.ts';
import { isProcessAlive } from '../../src/processes/process-status.ts';
import { makeScratch } from './scratch.ts';

interface TestState extends AsyncDisposable {
  readonly stateDirectory: string;
  directory(): Promise<string>;
}

async function makeState(): Promise<TestState> {
  const scratch = await makeScratch();
  const stateDirectory = join(scratch.path, '.orchlab');
  return {
    stateDirectory,
    directory: async () => (JSON.parse(await readFile(join(stateDirectory, 'server.json'), 'utf8')) as { directory: string }).directory,
    async [Symbol.asyncDispose]() {
      await stopSharedServer(stateDirectory, { force: true });
      await removeSharedCluster(stateDirectory);
      await scratch[Symbol.asyncDispose]();
    },
  };
}

describe('shared server', () => {
  test('is neither stopped nor reset while an experiment runs on it, but by force', async () => {
    await using state = await makeState();
    const { stateDirectory } = state;
    const server = await startSharedServer(stateDirectory);
    {
      await using database = await createExperimentDatabase(server, 'busy');
      await using _client = await connect(database.url);
      const refusal = `experiments run on the shared server (${database.name}), and would fail without it`;
      await expect(stopSharedServer(stateDirectory)).rejects.toThrow(refusal);
      await expect(resetSharedServer(stateDirectory)).rejects.toThrow(refusal);
      expect(await findSharedServer(stateDirectory)).toBeDefined();
    }
    expect(await stopSharedServer(stateDirectory)).toBe(true);
    expect(await findSharedServer(stateDirectory)).toBeUndefined();
  });

  test('starts once, keeps its databases over a stop, and resets', async () => {
    await using state = await makeState();
    const { stateDirectory } = state;
    expect(await findSharedServer(stateDirectory)).toBeUndefined();
    expect(await stopSharedServer(stateDirectory)).toBe(false);

    const started = await startSharedServer(stateDirectory);
    expect(started.kind).toBe('shared');
    const again = await startSharedServer(stateDirectory);
    expect([again.url, again.postmasterPid]).toEqual([started.url, started.postmasterPid]);
    await started[Symbol.asyncDispose]();
    const found = await findSharedServer(stateDirectory);
    expect([found?.url, found?.postmasterPid]).toEqual([started.url, started.postmasterPid]);
    const kept = await createExperimentDatabase(started, 'kept', { keep: true });

    expect(await stopSharedServer(stateDirectory)).toBe(true);
    expect(isProcessAlive(started.postmasterPid ?? 0)).toBe(false);
    expect(await findSharedServer(stateDirectory)).toBeUndefined();

    const restarted = await startSharedServer(stateDirectory);
    expect(await databaseNames(restarted.url)).toContain(kept.name);
    const reset = await resetSharedServer(stateDirectory);
    expect(await databaseNames(reset.url)).toEqual(['postgres', 'template0', 'template1']);
    expect(new URL(reset.url).password).not.toBe(new URL(started.url).password);
    expect(isProcessAlive(restarted.postmasterPid ?? 0)).toBe(false);
  });

  test('its password is for us alone to read', async () => {
    await using state = await makeState();
    await startSharedServer(state.stateDirectory);
    const directory = await state.directory();
    expect(directory).toBe(join(state.stateDirectory, 'postgres'));
    const files = [join(directory, 'password'), join(directory, 'postgres.log'), join(state.stateDirectory, 'server.json')];
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory).sort()).toEqual(['data', 'password', 'postgres.log']);
    expect(readdirSync(state.stateDirectory).filter((name) => name.includes('.part'))).toEqual([]);
  });

  test('several starts at once make one server', async () => {
    await using state = await makeState();
    const servers = await Promise.all([1, 2, 3].map(() => startSharedServer(state.stateDirectory)));
    expect(new Set(servers.map(({ postmasterPid }) => postmasterPid)).size).toBe(1);
    expect(new Set(servers.map(({ url }) => url)).size).toBe(1);
    expect(readdirSync(state.stateDirectory).filter((name) => name.includes('.part'))).toEqual([]);
  });

  test('a pid file that a crash left, its pid now used by a stranger, does no harm', async () => {
    await using state = await makeState();
    const first = await startSharedServer(state.stateDirectory);
    const pidFile = join(await state.directory(), 'data', 'postmaster.pid');
    const lines = (await readFile(pidFile, 'utf8')).split('\n');
    await stopSharedServer(state.stateDirectory);
    const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
    try {
      await writeFile(pidFile, [String(stranger.pid), ...lines.slice(1)].join('\n'), { mode: 0o600 });
      const account = await findPostgresAccount();
      if (account) await chown(pidFile, account.uid, account.gid);
      expect(await findSharedServer(state.stateDirectory)).toBeUndefined();
      expect(await stopSharedServer(state.stateDirectory)).toBe(false);
      expect(isProcessAlive(stranger.pid ?? 0)).toBe(true);
      const second = await startSharedServer(state.stateDirectory);
      expect(second.postmasterPid).not.toBe(first.postmasterPid);
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  test('comes back after being killed', async () => {
    await using state = await makeState();
    const first = await startSharedServer(state.stateDirectory);
    const kept = await createExperimentDatabase(first, 'kept', { keep: true });
    process.kill(first.postmasterPid ?? 0, 'SIGKILL');
    const second = await startSharedServer(state.stateDirectory);
    expect(await databaseNames(second.url)).toContain(kept.name);
  });

  test('a lost pointer finds the files again', async () => {
    await using state = await makeState();
    const { url } = await startSharedServer(state.stateDirectory);
    await stopSharedServer(state.stateDirectory);
    await writeFile(join(state.stateDirectory, 'server.json'), 'cut o');
    expect(new URL((await startSharedServer(state.stateDirectory)).url).password).toBe(new URL(url).password);
  });

  test('files of another Postgres version are told, not tried', async () => {
    await using state = await makeState();
    await startSharedServer(state.stateDirectory);
    await stopSharedServer(state.stateDirectory);
    await writeFile(join(await state.directory(), 'data', 'PG_VERSION'), '17\n');
    await expect(startSharedServer(state.stateDirectory)).rejects.toThrow(/are of Postgres 17, expected 18\. orchlab db reset/);
  });
});

test('openServer starts an embedded one, the shared one to keep a database, and then uses that', async () => {
  await using state = await makeState();
  await using guard = startGuard();
  const options = { guard, databaseUrl: '', stateDirectory: state.stateDirectory };
  {
    await using server = await openServer(options);
    expect(server.kind).toBe('embedded');
    expect(existsSync(state.stateDirectory)).toBe(false);
  }
  await using kept = await openServer({ ...options, keepDatabase: true });
  expect(kept.kind).toBe('shared');
  await using used = await openServer(options);
  expect([used.kind, used.url]).toEqual(['shared', kept.url]);
});

async function databaseNames(url: string): Promise<readonly string[]> {
  await using client = await connect(url);
  return (await client.query<{ datname: string }>('select datname from pg_database order by 1')).map(({ datname }) => datname);
}
