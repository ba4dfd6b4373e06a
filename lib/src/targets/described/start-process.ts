import { spawn } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { ProtectGroup } from '../../processes/guard.ts';
import { startLogged } from '../../processes/logged-process.ts';
import { stopProcess } from '../../processes/stop-process.ts';
import { SchedulerError } from '../scheduler-process.ts';
import type { Scheduler } from '../target.ts';
import { redactFile, secretsInText, secretsOf } from '../../processes/secrets.ts';
import { type Values, fill, fillAll } from './placeholders.ts';
import type { ProcessDescription } from './target-schema.ts';
import { waitReady } from './wait-ready.ts';

export interface StartOptions {
  /** As messages say it, for instance `scheduler 0`. */
  readonly title: string;
  /** Where the description says how to tell that it is ready, for messages: `scheduler.ready`. */
  readonly readyKey: string;
  /** Its stdout and stderr; its files are named after it, without its ending. */
  readonly logName: string;
  readonly described: ProcessDescription;
  readonly values: Values;
  /** DATABASE_URL, and what the tasks of the process executor find in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** For `env` alone. */
  readonly secrets: Values;
  readonly databaseUrl: string;
  readonly workingDirectory: string;
  readonly logDirectory: string;
  readonly protect: ProtectGroup;
  readonly pool: pg.Pool;
}

/** The log of a scheduler process. */
export function schedulerLogName(instance: number): string {
  return `scheduler-${instance}.log`;
}

/**
 * Starts a process of a described target, scheduler or other, in a process group of its own, and resolves when it is ready.
 *
 * Rejects with a SchedulerError when it can't be started, ends before, or is not ready in time.
 */
export async function startDescribedProcess(options: StartOptions): Promise<Scheduler> {
  const { title, described, logDirectory, logName } = options;
  const logPath = join(logDirectory, logName);
  const values: Record<string, string | number> = { ...options.values };
  const made = new Map<string, string>();
  for (const [name, text] of Object.entries(described.files)) {
    const path = join(logDirectory, `${logName.replace(/\.log$/, '')}-${name.replaceAll(/[^\w.-]/g, '_')}`);
    made.set(path, fill(text, values));
    writeFileSync(path, made.get(path) ?? '', { mode: 0o600 });
    values[`file.${name}`] = path;
  }
  const [program = '', ...args] = described.command.map((argument) => fill(argument, values));
  const env = fillAll(described.env, { ...values, ...options.secrets });
  const inFiles = [...made.values()].flatMap(secretsInText);
  const secrets = [...new Set([...secretsOf(options.databaseUrl, env), ...inFiles])].sort((a, b) => b.length - a.length);
  // Raw while it runs: the kernel writes it, so that a flood, or a filter that is slow or gone, holds up no engine and costs no CPU beside it.
  const raw = [logPath, ...made.keys()].map((path) => ({ path, secrets }));
  const cwd = described.cwd === undefined ? options.workingDirectory : fill(described.cwd, values);
  const logBegins = statSync(logPath, { throwIfNoEntry: false })?.size ?? 0;
  const { pid, exited } = await startLogged(logPath, (log) =>
    spawn(program, args, { cwd, env: { ...process.env, ...options.env, ...env }, stdio: ['ignore', log, log], detached: true }),
  ).catch((error: Error) => {
    throw new SchedulerError(`${title} (${program}) could not be started: ${error.message}`, logPath);
  });
  const ended = new AbortController();
  void exited.then(() => ended.abort());
  let release = (): void => undefined;
  let redacting: Promise<void> | undefined;
  const redact = async (): Promise<void> => {
    for (const { path } of raw) await redactFile(path, secrets);
    release();
  };
  const stop = async (): Promise<void> => {
    try {
      await stopProcess(pid, { processGroup: true, signal: described.stop_signal, graceMs: described.stop_seconds * 1000 });
    } finally {
      // It has them in its environment, and so have its tasks: whoever prints that prints it here.
      await (redacting ??= redact());
    }
  };
  const { ready } = described;
  try {
    release = options.protect(pid, ...raw);
    if (!ready || (await waitReady({ ready, values, logPath, logBegins, pool: options.pool, signal: ended.signal })))
      return { pid, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
  const exit = ended.signal.aborted ? await exited : undefined;
  await stop();
  throw new SchedulerError(
    exit
      ? `${title} ended with ${exit.signal ?? `exit code ${exit.code}`} before it was ready`
      : `${title} was not ready within ${ready.seconds} s (${Object.keys(ready).find((key) => key !== 'seconds')} in ${options.readyKey})`,
    logPath,
  );
}
