import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Guard, ProtectOptions } from '../processes/guard.ts';
import { stopProcess } from '../processes/stop-process.ts';
import type { PostgresAccount } from './postgres-account.ts';

export interface RunAsAccountOptions {
  readonly account: PostgresAccount | undefined;
  readonly cwd: string;
  /** What it reads from stdin. Default: nothing. */
  readonly input?: string;
  /** It is stopped after this time. */
  readonly limitMs: number;
  readonly guard?: Guard | undefined;
}

// SIGTERM: what initdb runs leaves shared memory behind when it is killed.
const protection: ProtectOptions = { processGroup: true, signal: 'SIGTERM' };

/** Runs a program on the files of a Postgres, as the user who owns them; throws an Error with what it said when it does not end with 0. */
export async function runAsAccount(program: string, args: readonly string[], options: RunAsAccountOptions): Promise<void> {
  const { account, cwd, input, limitMs, guard } = options;
  const child = spawn(program, args, { ...account, cwd, env: postgresEnvironment(), stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  if (child.pid !== undefined) guard?.protect(child.pid, protection);
  // One that ends before it has read everything: its exit tells more than the broken pipe.
  child.stdin.on('error', () => undefined).end(input);
  try {
    const errors = text(child.stderr);
    const [code] = (await once(child, 'close', { signal: AbortSignal.timeout(limitMs) })) as [number | null];
    if (code !== 0) throw new Error((await errors).trim() || `${program} ended with ${child.signalCode ?? code}`);
  } catch (error) {
    if (child.pid !== undefined) await stopProcess(child, { processGroup: true });
    throw error;
  } finally {
    if (child.pid !== undefined) guard?.release(child.pid);
  }
}

/** The environment of Postgres' programs: nothing of the caller's (PGDATA, PGPORT, secrets) gets in. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
}
