import { fork } from 'node:child_process';
import { basename, extname } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import type { ExperimentOutcome, ExperimentRequest } from '../experiment/execute-experiment.ts';
import type { FromExperiment, ToExperiment } from '../experiment/experiment-message.ts';
import { tailOf } from '../processes/output-tail.ts';
import { ResultsError } from '../results/experiment-directory.ts';
import { readManifest, writeManifest } from '../results/manifest.ts';
import { MissingProgramError } from '../targets/target.ts';
import type { Progress } from '../results/progress.ts';
import { dropAbandonedDatabases, findServer } from '../database/open-database.ts';
import { withLimit } from '../timing/with-limit.ts';
import { disposalLimitSeconds, silenceLimitMs } from '../timing/stop-limits.ts';

/**
 * Of Node, for the process of an experiment. V8 lets the young part of its heap grow step by step, to some 50 MB of garbage: nearly
 * all of what a run makes is gone before the next, so a small one is as good, and memory stays flat.
 */
export const experimentFlags: readonly string[] = ['--max-semi-space-size=8'];

export interface ExperimentChildOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (progress: Progress) => void;
  /** What of this process's environment is other than it is. Default: nothing. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/**
 * Executes an experiment in a process of its own, so that neither disturbs the other: the driver's pacing no notebook that
 * draws, a crash or an interrupt no caller. The process is detached and ends, with all that it started, when this one does.
 *
 * When it dies, the outcome is `failed`. Rejects with a ConfigError, with an Error when it dies before it has a directory, or with
 * what `onProgress` throws: then the experiment has been interrupted, and has ended.
 */
export async function executeInChild(
  request: ExperimentRequest,
  { signal, onProgress, environment = {} }: ExperimentChildOptions,
): Promise<ExperimentOutcome> {
  const module = new URL(`../experiment/experiment-process${extname(import.meta.filename)}`, import.meta.url);
  // execArgv: a debugger or loader of the caller is not meant for it.
  const child = fork(module, [], {
    detached: true,
    execArgv: [...experimentFlags],
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  const stderr = tailOf([child.stderr]);
  const send = (message: ToExperiment): void => {
    if (child.connected) child.send(message, () => undefined);
  };
  let killTimer: NodeJS.Timeout | undefined;
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
    send({ type: 'interrupt' });
    killTimer ??= setTimeout(() => child.kill('SIGKILL'), silenceLimitMs);
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  let directory: string | undefined;
  let thrown: { readonly error: unknown } | undefined;
  const show = (progress: Progress): void => {
    if (thrown) return;
    try {
      onProgress(progress);
    } catch (error) {
      thrown = { error };
      interrupt();
    }
  };
  try {
    const outcome = new Promise<ExperimentOutcome>((resolve, reject) => {
      let isOver = false;
      const crashed = (reason: string): void => {
        if (isOver) return;
        isOver = true;
        if (directory === undefined) reject(new Error(reason));
        else endCrashed(request, directory, reason, isInterrupted).then(resolve, reject);
      };
      child.on('error', reject);
      child.on('message', (message: FromExperiment) => {
        killTimer?.refresh();
        switch (message.type) {
          case 'progress':
            ({ directory } = message.progress);
            show(message.progress);
            break;
          case 'ended':
            isOver = true;
            resolve(message.outcome);
            break;
          case 'refused':
            isOver = true;
            reject(new ConfigError(message.problems));
            break;
          case 'missing':
            isOver = true;
            reject(message.what === 'program' ? new MissingProgramError(message.message) : new ResultsError(message.message));
            break;
          case 'crashed':
            crashed(`the experiment's process failed: ${message.message}`);
            break;
        }
      });
      child.once('close', (code, killedBy) =>
        crashed(`the experiment's process ended with ${killedBy ?? `exit code ${code}`} ${stderr()}`.trimEnd()),
      );
      send({ type: 'start', request });
      if (signal?.aborted) interrupt();
    });
    await outcome.catch(() => undefined);
    if (thrown) throw thrown.error;
    return await outcome;
  } finally {
    clearTimeout(killTimer);
    signal?.removeEventListener('abort', interrupt);
  }
}

/** Completes the manifest that a process which died could not; one that had ended in order stays as it is. */
async function recordCrash(directory: string, reason: string, wasInterrupted: boolean): Promise<ExperimentOutcome> {
  const manifest = await readManifest(directory);
  const name = basename(directory);
  if (manifest.status !== 'running') return { name, directory, status: manifest.status, reason: manifest.reason ?? '' };
  const outcome = { status: wasInterrupted ? 'interrupted' : 'failed', reason } as const;
  // A full disk may be what it died of: then the reason is only told.
  await writeManifest(directory, { ...manifest, ...outcome, process: undefined, times: { ...manifest.times, endedMs: Date.now() } }).catch(
    () => undefined,
  );
  return { name, directory, ...outcome };
}

async function endCrashed(
  request: ExperimentRequest,
  directory: string,
  reason: string,
  wasInterrupted: boolean,
): Promise<ExperimentOutcome> {
  const outcome = await recordCrash(directory, reason, wasInterrupted);
  await dropItsDatabase(request);
  return outcome;
}

/** What a process that was killed could not drop, on a server that outlives it. Where that fails, too, the next start does it. */
async function dropItsDatabase({ workspace }: ExperimentRequest): Promise<void> {
  const dropping = findServer({ stateDirectory: workspace.state }).then(
    async (server) => server && dropAbandonedDatabases(server, { wait: true }),
  );
  await withLimit(dropping, disposalLimitSeconds, 'dropping the database').catch(() => undefined);
}
