import { fork } from 'node:child_process';
import { basename, extname, join } from 'node:path';
import type { ProtectGroup } from '../processes/guard.ts';
import { startLogged } from '../processes/logged-process.ts';
import { stopProcess } from '../processes/stop-process.ts';
import type { Scheduler, TargetContext } from './target.ts';

/** A scheduler that did not start, or ended while it was needed. Its own output is in `logPath`. */
export class SchedulerError extends Error {
  override readonly name = 'SchedulerError';
  readonly logPath: string;

  constructor(message: string, logPath: string) {
    super(`${message} (its output is in ${basename(logPath)})`);
    this.logPath = logPath;
  }
}

export interface SchedulerProcessOptions {
  /** The module to run: it answers its first message with `{ type: 'ready' }`, and ends when its ipc channel closes. */
  readonly module: URL;
  /** Sent to it as its first message; may hold secrets, which so reach neither its arguments nor its environment. */
  readonly message: object;
  readonly instance: number;
  readonly logDirectory: string;
  readonly protect: ProtectGroup;
  /** Limit for becoming ready. */
  readonly readySeconds?: number;
}

/**
 * Starts a Node scheduler process in a process group of its own and resolves when it says that it is ready.
 *
 * Rejects with a SchedulerError when it ends before, or is not ready in time. Its output is in `scheduler-<instance>.log`.
 */
export async function startSchedulerProcess(options: SchedulerProcessOptions): Promise<Scheduler> {
  const { readySeconds = 30 } = options;
  const logPath = join(options.logDirectory, `scheduler-${options.instance}.log`);
  const { child, pid, exited } = await startLogged(logPath, (log) =>
    fork(options.module, [], {
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
      serialization: 'advanced',
      env: withoutDatabase(process.env),
    }),
  ).catch((error: Error) => {
    throw new SchedulerError(`scheduler ${options.instance} could not be started: ${error.message}`, logPath);
  });
  const stop = async (): Promise<void> => {
    // The channel's end is the order to stop: the same way out whether we ask for it or die.
    if (child.connected) child.disconnect();
    await stopProcess(pid, { processGroup: true });
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    options.protect(pid);
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(
        () => reject(new SchedulerError(`scheduler ${options.instance} was not ready within ${readySeconds} s`, logPath)),
        readySeconds * 1000,
      );
      child.once('message', (message) => {
        const { type, error } = message as { type: string; error?: string };
        if (type === 'ready') resolve();
        else reject(new SchedulerError(`scheduler ${options.instance} could not start: ${error ?? type}`, logPath));
      });
      void exited.then(({ code, signal }) =>
        reject(
          new SchedulerError(`scheduler ${options.instance} ended with ${signal ?? `exit code ${code}`} before it was ready`, logPath),
        ),
      );
      child.send(options.message, () => undefined); // one that is gone shows in its exit
    });
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  const askToFinish = (): void => {
    if (child.connected) child.send(finishMessage, () => undefined); // one that is gone has finished
  };
  return { pid, exited, stop, askToFinish };
}

const finishMessage = { type: 'finish' } as const;

/** In a scheduler process: ends it by `shutdown`, the engine's own way, when it is asked to finish. */
export function finishWhenAsked(shutdown: () => Promise<unknown>): void {
  process.on('message', (message) => {
    if ((message as { readonly type?: unknown }).type !== finishMessage.type) return;
    shutdown().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error('shutdown:', error);
        process.exit(1);
      },
    );
  });
}

/** Tasks inherit the scheduler's environment, and may print it: what leads to a database is not for them. The message has the URL, password and all. */
function withoutDatabase(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL: _url, PGPASSWORD: _password, PGPASSFILE: _file, ...rest } = environment;
  return rest;
}

/** Starts the `scheduler-main` beside the module at `importMetaUrl`, as the targets that orchlab brings do. */
export async function startSchedulerMain(
  importMetaUrl: string,
  context: Pick<TargetContext, 'logDirectory' | 'protect'>,
  instance: number,
  message: object,
): Promise<Scheduler> {
  const { logDirectory, protect } = context;
  return startSchedulerProcess({ module: siblingModule(importMetaUrl, 'scheduler-main'), message, instance, logDirectory, protect });
}

/** The URL of a module beside the caller's, with the caller's own ending: `.ts` from the sources, `.js` when built. */
function siblingModule(importMetaUrl: string, name: string): URL {
  return new URL(`./${basename(name)}${extname(new URL(importMetaUrl).pathname)}`, importMetaUrl);
}
