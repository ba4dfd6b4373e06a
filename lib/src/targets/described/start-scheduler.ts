import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type pg from 'pg';
import { stopProcess } from '../../processes/stop-process.ts';
import { SchedulerError } from '../scheduler-error.ts';
import type { ProcessExit, Scheduler } from '../target.ts';
import { type Values, fill } from './placeholders.ts';
import type { TargetDescription } from './target-schema.ts';
import { waitReady } from './wait-ready.ts';

export interface StartOptions {
  readonly scheduler: TargetDescription['scheduler'];
  readonly instance: number;
  readonly values: Values;
  /** DATABASE_URL, and what the tasks of the process executor find in their environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Values;
  readonly workingDirectory: string;
  readonly logDirectory: string;
  readonly protect: (pid: number) => void;
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
  const values: Record<string, string | number> = { ...options.values, instance, port: await freePort() };
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
  const { pid } = child;
  if (pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error];
    throw new SchedulerError(`scheduler ${instance} (${program}) could not be started: ${error.message}`, logPath);
  }
  options.protect(pid);
  const ended = new AbortController();
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      ended.abort();
      resolve({ code, signal });
    });
  });
  const stop = async (): Promise<void> => {
    await stopProcess(pid, { processGroup: true, signal: scheduler.stop_signal, graceMs: scheduler.stop_seconds * 1000 });
  };
  if (!(await waitReady({ ready: scheduler.ready, values, logPath, pool: options.pool, signal: ended.signal }))) {
    const exit = ended.signal.aborted ? await exited : undefined;
    await stop();
    throw new SchedulerError(
      exit
        ? `scheduler ${instance} ended with ${exit.signal ?? `exit code ${exit.code}`} before it was ready`
        : `scheduler ${instance} was not ready within ${scheduler.ready.seconds} s (${Object.keys(scheduler.ready).find((key) => key !== 'seconds')} in scheduler.ready)`,
      logPath,
    );
  }
  return { pid, exited, stop };
}

/** A port of the loopback interface that nobody uses now. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
