import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ownTransactions } from '../database/own-work.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { samplersEndSeconds } from '../timing/stop-limits.ts';
import { withLimit } from '../timing/with-limit.ts';
import type { SampledRows, SamplerMessage, SamplerOptions } from './sampler-message.ts';

const startLimitSeconds = 20;

export interface SamplerThread {
  /** Takes the last samples; resolves with what the reader of the figures should know, a sentence each. */
  stop(): Promise<readonly string[]>;
}

/** Starts the thread that samples, and resolves when it does. `onRows` gets what it read, a few times a second. */
export async function startSamplerThread(
  options: Omit<SamplerOptions, 'ownTransactions'>,
  onRows: (rows: SampledRows) => void,
): Promise<SamplerThread> {
  const workerData: SamplerOptions = { ...options, ownTransactions: ownTransactions.shared };
  const thread = new Worker(new URL(`./sampler-thread${extname(import.meta.filename)}`, import.meta.url), { workerData });
  let failure: string | undefined;
  const ready = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<readonly string[]>();
  // Without it the experiment goes on: what it would have read is missing, and that is said.
  const fail = (reason: string): void => {
    failure ??= `The sampler stopped before its time, processes, host and Postgres are not known from then on: ${reason}`;
    ready.resolve();
    stopped.resolve([failure]);
  };
  thread.on('error', (error) => fail(reasonOf(error)));
  thread.on('exit', (code) => fail(`its thread ended with code ${code}`));
  thread.on('message', (message: SamplerMessage) => {
    if (message.type === 'ready') ready.resolve();
    else if (message.type === 'rows') onRows(message.rows);
    else stopped.resolve(message.warnings);
  });
  await withLimit(ready.promise, startLimitSeconds, 'starting the sampler').catch(async (error: unknown) => {
    await thread.terminate();
    throw error;
  });
  return {
    async stop() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, a thread has no origin
      if (failure === undefined) thread.postMessage('stop');
      try {
        return await withLimit(stopped.promise, samplersEndSeconds, 'stopping the sampler');
      } catch (error) {
        return [reasonOf(error)];
      } finally {
        await thread.terminate();
      }
    },
  };
}
