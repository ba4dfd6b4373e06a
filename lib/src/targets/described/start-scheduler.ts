import { spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { findFreePort } from '../../processes/free-port.ts';
import type { ProtectGroup } from '../../processes/guard.ts';
import { startedPid } from '../../processes/started-pid.ts';
import { stopProcess } from '../../processes/stop-process.ts';
import { SchedulerError } from '../scheduler-error.ts';
import type { ProcessExit, Scheduler } from '../target.ts';
import { redactFile, secretsOf } from './database-secrets.ts';
import { type Values, fill } from './placeholders.ts';
import type { TargetDescription } from './target-schema.ts';
import { waitReady } from './wait-ready.ts';

export interface StartOptions {
  readonly scheduler: TargetDescription['scheduler'];
  readonly instance: number;
  readonly values: Values;
  /** DATABASE_URL, and what the tasks of the process executor find in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** For `env` alone. */
  readonly secrets: { readonly database_url: string };
  readonly workingDirectory: string;
  readonly logDirectory: string;
  readonly protect: ProtectGroup;
  readonly pool: pg.Pool;
}

/** The log of a scheduler process: its stdout and stderr. */
export function schedulerLog(logDirectory: string, instance: number): string {
  return join(logDirectory, `scheduler-${instance}.log`);
}

/**
 * Starts a scheduler process of a described target in a process group of its own, and resolves when it takes work.
 *
 * Rejects with a SchedulerError when it can't be started, ends before, or is not ready in time.
 */
export async function startCommandScheduler(options: StartOptions): Promise<Scheduler> {
  const { scheduler, instance, logDirectory } = options;
  const logPath = schedulerLog(logDirectory, instance);
  const values: Record<string, string | number> = { ...options.values, instance, port: await findFreePort() };
  for (const [name, text] of Object.entries(scheduler.files)) {
    const path = join(logDirectory, `scheduler-${instance}-${name.replaceAll(/[^\w.-]/g, '_')}`);
    writeFileSync(path, fill(text, values));
    values[`file.${name}`] = path;
  }
  const [program = '', ...args] = scheduler.command.map((argument) => fill(argument, values));
  const env = Object.fromEntries(
    Object.entries(scheduler.env).map(([name, text]) => [name, fill(text, { ...values, ...options.secrets })]),
  );
  const log = openSync(logPath, 'a');
  const child = spawn(program, args, {
    cwd: scheduler.cwd === undefined ? options.workingDirectory : fill(scheduler.cwd, values),
    env: { ...process.env, ...options.env, ...env },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const ended = new AbortController();
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      ended.abort();
      resolve({ code, signal });
    });
  });
  const pid = await startedPid(child).catch((error: Error) => {
    throw new SchedulerError(`scheduler ${instance} (${program}) could not be started: ${error.message}`, logPath);
  });
  let redacting: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    try {
      await stopProcess(pid, { processGroup: true, signal: scheduler.stop_signal, graceMs: scheduler.stop_seconds * 1000 });
    } finally {
      // It has them in its environment, and so have its tasks: whoever prints that prints it here.
      await (redacting ??= redactFile(logPath, secretsOf(options.secrets.database_url)));
    }
  };
  try {
    options.protect(pid);
    if (await waitReady({ ready: scheduler.ready, values, logPath, pool: options.pool, signal: ended.signal }))
      return { pid, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
  const exit = ended.signal.aborted ? await exited : undefined;
  await stop();
  throw new SchedulerError(
    exit
      ? `scheduler ${instance} ended with ${exit.signal ?? `exit code ${exit.code}`} before it was ready`
      : `scheduler ${instance} was not ready within ${scheduler.ready.seconds} s (${Object.keys(scheduler.ready).find((key) => key !== 'seconds')} in scheduler.ready)`,
    logPath,
  );
}
