import { readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePrivateDirectory } from '../../src/database/cluster-directory.ts';
import { copyTemplate } from '../../src/database/cluster-template.ts';
import { connect } from '../../src/database/database-client.ts';
import { findEmbeddedBinaries } from '../../src/database/embedded-binaries.ts';
import { type Cluster, makePassword } from '../../src/database/initialize-cluster.ts';
import { launchPostgres } from '../../src/database/launch-postgres.ts';
import { findPostgresAccount } from '../../src/database/postgres-account.ts';
import { startGuard } from '../../src/processes/guard.ts';
import { stopProcess } from '../../src/processes/stop-process.ts';
import { makeScratch } from './scratch.ts';

test('initdb runs once for all, each copy has its password, and one that is broken is made again', async () => {
  await using scratch = await makeScratch();
  await using guard = startGuard();
  const cache = join(scratch.path, 'cache');
  const account = await findPostgresAccount();
  const binaries = await findEmbeddedBinaries(account);
  const make = async (name: string, from = cache): Promise<Cluster> => {
    const cluster: Cluster = { account, binaries, directory: join(scratch.path, name), password: makePassword() };
    await makePrivateDirectory(cluster.directory, account);
    await copyTemplate(cluster, guard, from);
    return cluster;
  };
  /** Which cluster it is: each initdb draws another number. */
  const identify = async (cluster: Cluster): Promise<string> => {
    const server = await launchPostgres(cluster, guard);
    try {
      await using client = await connect(server.url);
      await client.query('CREATE EXTENSION pg_stat_statements');
      const [row] = await client.query<{ id: string; told: number }>(
        `SELECT (SELECT system_identifier::text FROM pg_control_system()) AS id,
                (SELECT count(*)::int FROM pg_stat_statements WHERE query ILIKE '%password%' AND query NOT ILIKE '%pg_stat_statements%') AS told`,
      );
      expect(row?.told).toBe(0);
      return row?.id ?? '';
    } finally {
      await stopProcess(server.child, { signal: 'SIGQUIT' });
    }
  };

  const two = await Promise.all([make('first'), make('second')]);
  const [first, second] = await Promise.all(two.map(identify));
  const [template = ''] = readdirSync(cache);
  expect(readdirSync(cache)).toEqual([template]);
  expect(second).toBe(first);

  await rm(join(cache, template, 'data', 'global', 'pg_control'));
  expect(await identify(await make('beside a broken one'))).not.toBe(first);
  expect(readdirSync(cache)).toEqual([]);

  // Where none can be kept, each has its own.
  await writeFile(join(scratch.path, 'file'), '');
  expect(await identify(await make('without one', join(scratch.path, 'file')))).not.toBe(first);
});
