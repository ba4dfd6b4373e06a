import { createHash, randomBytes } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Guard } from '../processes/guard.ts';
import { makeOwnDirectory, makePrivateDirectory } from './cluster-directory.ts';
import { type Cluster, clusterOptions, dataDirectoryOf, initializeCluster, makePassword, ownUser } from './initialize-cluster.ts';
import type { PostgresAccount } from './postgres-account.ts';
import { runAsAccount } from './run-as-account.ts';

// 40 MB; a minute is a machine that hangs.
const copyLimitMs = 60_000;

/**
 * Makes the data directory of `cluster`, which is thrown away after use, as `initializeCluster` does, but by a copy of one that initdb made once
 * (40 MB in `cache`): that takes a tenth of initdb's processor time. Each copy has its own password. Where no template can be kept or
 * copied, initdb runs.
 */
export async function copyTemplate(cluster: Cluster, guard: Guard, cache = cacheDirectory(cluster.account)): Promise<void> {
  const { account, binaries, directory, password } = cluster;
  const copy = dataDirectoryOf(directory);
  const run = async (program: string, args: readonly string[], input?: string): Promise<void> =>
    runAsAccount(program, args, { account, cwd: directory, limitMs: copyLimitMs, guard, ...(input !== undefined && { input }) });
  let template: string | undefined;
  try {
    template = await findTemplate(cluster, guard, cache);
    await run('cp', ['-Rp', dataDirectoryOf(template), copy]);
    // As initdb itself does: a Postgres of one process, that listens nowhere. -F: nothing of it has to outlive a crash. No libraries:
    // pg_stat_statements would keep the password in its texts.
    const single = ['--single', '-F', '-D', copy, '-c', 'exit_on_error=true', '-c', 'shared_preload_libraries=', 'postgres'];
    await run(binaries.postgres, single, `ALTER ROLE ${ownUser} PASSWORD '${password}'\n`);
  } catch {
    await rm(copy, { recursive: true, force: true });
    await initializeCluster(cluster, { durable: false, guard });
    // Something in it may be missing. One that is sound is soon made again.
    if (template !== undefined) await rm(template, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Where what is made once stays: the cache of the user, or as root of the machine, where the user that Postgres runs as can read it. */
function cacheDirectory(account: PostgresAccount | undefined): string {
  return account ? join('/var', 'cache', 'orchlab') : join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'orchlab');
}

/** Finds the directory of the template, which holds `data/`, or makes it: whole or not at all, and once when several do it at the same time. */
async function findTemplate({ account, binaries }: Cluster, guard: Guard, cache: string): Promise<string> {
  const options = createHash('sha256').update(clusterOptions.join('\n')).digest('hex').slice(0, 8);
  const template = join(cache, `cluster-${binaries.build}-${options}`);
  await makeOwnDirectory(cache);
  if (await exists(template)) return template;
  const part = `${template}.part-${randomBytes(6).toString('hex')}`;
  guard.protectDirectory(part);
  try {
    await makePrivateDirectory(part, account);
    // It stays: what a crash of the machine left half written would be copied for ever.
    await initializeCluster({ account, binaries, directory: part, password: makePassword() }, { durable: true, guard });
    await rename(part, template).catch(async (error: unknown) => {
      // Another process was first.
      if (!(await exists(template))) throw error;
    });
    return template;
  } finally {
    await rm(part, { recursive: true, force: true });
    guard.release(part);
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
