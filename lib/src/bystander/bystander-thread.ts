/** The thread of the bystander: nothing of the driver's keeps its transactions waiting. Started by `BystanderSource`. */
import { parentPort, workerData } from 'node:worker_threads';
import { OwnTransactions } from '../database/own-work.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { drive } from '../load/drive.ts';
import { poisson } from '../load/schedule.ts';
import type { Row } from '../results/tables.ts';
import { systemClock as clock } from '../timing/clock.ts';
import { withLimit } from '../timing/with-limit.ts';
import type { BystanderThreadData, FromBystander, ToBystander } from './bystander-source.ts';
import { BystanderWork, bystanderConnections } from './bystander-work.ts';

/** Rows are handed over together: each message interrupts the driver. */
const handOverIntervalMs = 1000;
/** Connections to a server that hangs never close. */
const closeLimitSeconds = 1;

const { databaseUrl, rate, seed, ownTransactions } = workerData as BystanderThreadData;
const port = parentPort;
if (!port) throw new Error('bystander-thread.ts is started as a thread, by BystanderSource');
const tell = (message: FromBystander): void => port.postMessage(message);

const work = new BystanderWork(databaseUrl, seed, new OwnTransactions(ownTransactions));
const over = new AbortController();
port.on('message', (message: ToBystander) => {
  if (message === 'stop') over.abort();
});

let rows: Row<'bystander'>[] = [];
const handOver = (): void => {
  tell({ type: 'rows', rows });
  rows = [];
};
const timer = setInterval(handOver, handOverIntervalMs);
try {
  await work.prepare();
  tell({ type: 'ready' });
  // The end of the experiment is the end of it: what was not due by then is none of it.
  await drive({
    load: { kind: 'open', due: poisson(rate, seed), runs: Number.NaN, endSeconds: Number.POSITIVE_INFINITY },
    submit: async () => {
      await work.transaction();
      return '';
    },
    concurrency: bystanderConnections,
    clock,
    signal: over.signal,
    onRun: ({ dueMs, sentMs, acknowledgedMs, status, error }) =>
      rows.push({ dueMs, sentMs, committedMs: status === 'submitted' ? acknowledgedMs : Number.NaN, error }),
  });
} catch (error) {
  tell({ type: 'failed', reason: reasonOf(error) });
} finally {
  clearInterval(timer);
  handOver();
  await withLimit(work[Symbol.asyncDispose](), closeLimitSeconds, '').catch(() => undefined);
  tell({ type: 'stopped' });
  port.close();
}
