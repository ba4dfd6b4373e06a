import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/database/database-client.ts';
import { createExperimentDatabase } from '../../src/database/experiment-database.ts';
import { startPrivateServer } from '../../src/database/private-server.ts';
import { startGuard } from '../../src/processes/guard.ts';
import { isProcessAlive, readProcessStatus } from '../../src/processes/process-status.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { makeScratch } from './scratch.ts';

async function dataDirectoryOf(url: string): Promise<string> {
  await using client = await connect(url);
  const [row] = await client.query<{ data_directory: string }>('show data_directory');
  return row?.data_directory ?? '';
}

function backendsOf(postmaster: number): readonly number[] {
  return readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ').map(Number);
}

describe('private server', () => {
  test('two at once; stopping leaves no process and no directory', async () => {
    await using guard = startGuard();
    const servers = await Promise.all([startPrivateServer({ guard }), startPrivateServer({ guard })]);
    const directories = await Promise.all(servers.map(({ url }) => dataDirectoryOf(url)));
    const pids = servers.map(({ postmasterPid = 0 }) => postmasterPid);
    expect(new Set(servers.map(({ url }) => new URL(url).port)).size).toBe(2);
    expect(new Set(servers.map(({ url }) => new URL(url).password)).size).toBe(2);
    expect(pids.every((pid) => isProcessAlive(pid))).toBe(true);
    expect(directories.every((directory) => existsSync(directory))).toBe(true);
    const children = pids.flatMap(backendsOf);
    expect(children.length).toBeGreaterThan(4);

    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    expect([...pids, ...children].filter((pid) => isProcessAlive(pid))).toEqual([]);
    expect(directories.map((directory) => existsSync(dirname(directory)))).toEqual([false, false]);
  });

  test('a fresh database, dropped on disposal though somebody is connected', async () => {
    await using guard = startGuard();
    await using server = await startPrivateServer({ guard });
    expect(server).toMatchObject({ kind: 'embedded', version: expect.stringMatching(/^18\.\d+$/) });
    expect(server.settings).toMatchObject({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      max_connections: '300',
      shared_preload_libraries: 'pg_stat_statements',
      track_io_timing: 'on',
    });
    const databases = async (): Promise<readonly string[]> => {
      await using client = await connect(server.url);
      return (await client.query<{ datname: string }>("select datname from pg_database where datname like 'orchlab%'")).map(
        ({ datname }) => datname,
      );
    };
    const database = await createExperimentDatabase(server, 'Über quick: test-1');
    expect(database.name).toMatch(/^orchlab_ber_quick_test_1_[0-9a-f]{8}$/);
    expect(await databases()).toEqual([database.name]);
    const client = await connect(database.url);
    const [row] = await client.query<{ name: string; encoding: string; zone: string }>(
      "select current_database() as name, getdatabaseencoding() as encoding, current_setting('timezone') as zone",
    );
    expect(row).toEqual({ name: database.name, encoding: 'UTF8', zone: 'UTC' });
    await database[Symbol.asyncDispose]();
    expect(await databases()).toEqual([]);
    await expect(client.query('select 1')).rejects.toThrow(Error);
    await client[Symbol.asyncDispose]();
    await (await createExperimentDatabase(server, 'kept', { keep: true }))[Symbol.asyncDispose]();
    expect(await databases()).toEqual([expect.stringMatching(/^orchlab_kept_/)]);
  });

  test('listens on loopback alone, and not without the password', async () => {
    await using guard = startGuard();
    await using server = await startPrivateServer({ guard });
    const { port, hostname, password } = new URL(server.url);
    expect(hostname).toBe('127.0.0.1');
    await expect(connect(server.url.replace(password, 'wrong'))).rejects.toThrow('password authentication failed for user "orchlab"');
    const others = Object.values(networkInterfaces()).flatMap(
      (list) => list?.filter(({ internal, family }) => !internal && family === 'IPv4') ?? [],
    );
    for (const { address } of others) expect(await canConnect(address, Number(port))).toBe(false);
    expect(await canConnect('127.0.0.1', Number(port))).toBe(true);
  });

  test.each(['ready', 'starting'])('its owner killed while it is %s: nothing is left after 5 s', async (when) => {
    await using scratch = await makeScratch();
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'server-owner.ts'), when], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: scratch.path },
    });
    const [line] = (await once(createInterface({ input: owner.stdout }), 'line', { signal: AbortSignal.timeout(20_000) })) as [string];
    const { guard } = JSON.parse(line) as { guard: number };
    // initdb or Postgres: each names its directory on its command line.
    await waitUntil('it runs', () => processesOf(scratch.path).length > 0);
    expect(readdirSync(scratch.path)).toHaveLength(1);
    owner.kill('SIGKILL');
    await waitUntil('the guard is gone', () => !isProcessAlive(guard));
    expect(processesOf(scratch.path)).toEqual([]);
    expect(readdirSync(scratch.path)).toEqual([]);
  });
});

/** Living processes that name `path` on their command line, or have one for a parent (Postgres' children rename themselves). */
function processesOf(path: string): readonly number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const named = new Set(pids.filter((pid) => isProcessAlive(pid) && commandLineOf(pid).includes(path)));
  return pids.filter((pid) => named.has(pid) || named.has(readProcessStatus(pid)?.parentPid ?? 0));
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

async function canConnect(host: string, port: number): Promise<boolean> {
  const socket = createConnection({ host, port, timeout: 2000 });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(2000) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
