import { readFileSync } from 'node:fs';
import { readProcessStatus } from '../processes/process-status.ts';
import type { DatabaseClient } from './database-client.ts';
import { addressOf } from './database-url.ts';

/** Process id of the server behind `client` when it runs on this machine, in our process namespace; otherwise undefined. Linux only. */
export async function findLocalPostmaster(client: DatabaseClient, url: string): Promise<number | undefined> {
  if (process.platform !== 'linux' || !isLocal(addressOf(url).host)) return undefined;
  const [backend] = await client.query<{ pid: number; age_seconds: number }>(
    `select pid, extract(epoch from clock_timestamp() - backend_start)::float8 as age_seconds
     from pg_stat_activity where pid = pg_backend_pid()`,
  );
  if (!backend || !isPostgres(backend.pid)) return undefined;
  // A loopback port may lead into a container or through a tunnel: there the number is of another world's process.
  if (Math.abs(ageSeconds(backend.pid) - backend.age_seconds) > 2) return undefined;
  const postmasterPid = readProcessStatus(backend.pid)?.parentPid;
  return postmasterPid !== undefined && isPostgres(postmasterPid) ? postmasterPid : undefined;
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.') || host.startsWith('/');
}

function isPostgres(pid: number): boolean {
  try {
    return /^(postgres|postmaster)$/.test(readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
  } catch {
    return false;
  }
}

function ageSeconds(pid: number): number {
  // proc_pid_stat(5) counts in USER_HZ since boot, which is 100 on every Linux that Node runs on.
  const startSeconds = Number(readProcessStatus(pid)?.startTime) / 100;
  return Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) - startSeconds;
}
