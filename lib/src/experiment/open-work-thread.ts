/**
 * The thread that counts what is open, over a connection of its own: it takes nothing from the driver's thread, and is held up neither by
 * that nor by what the sampler reads. Started by `OpenWorkSource`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { OwnTransactions } from '../database/own-work.ts';
import { SharedCount } from '../processes/shared-count.ts';
import { openCounter } from '../targets/open-counter.ts';
import { systemClock as clock } from '../timing/clock.ts';
import type { FromCountThread, OpenWorkThreadData, ToCountThread } from './open-work-source.ts';
import { OpenWork } from './open-work.ts';

const { databaseUrl, query, isWatched, accepted: shared, acceptedTasks: sharedTasks, ownTransactions } = workerData as OpenWorkThreadData;
const port = parentPort;
if (!port) throw new Error('open-work-thread.ts is started as a thread, by OpenWorkSource');
const tell = (message: FromCountThread): void => port.postMessage(message);

const counter = openCounter(query, databaseUrl, new OwnTransactions(ownTransactions));
const accepted = new SharedCount(shared);
const acceptedTasks = new SharedCount(sharedTasks);
let told = 0;
const openWork = new OpenWork({
  counter,
  clock,
  accepted: () => accepted.value,
  acceptedTasks: () => acceptedTasks.value,
  onRow: (row) => tell({ type: 'row', row }),
  ...(isWatched && {
    onEnded: (runs) => {
      // A message wakes the driver.
      if (runs > told) tell({ type: 'ended', runs: (told = runs) });
    },
  }),
});
const lost = new AbortController();
openWork.start(lost.signal);

port.on('message', (message: ToCountThread) => {
  if (message === 'watch ends') openWork.endWatch();
  else if (message === 'lost') lost.abort();
  else void stop();
});
tell({ type: 'ready' });

async function stop(): Promise<void> {
  const warnings = await openWork.stop();
  await counter[Symbol.asyncDispose]();
  const cost = openWork.watchCost();
  tell({ type: 'stopped', warnings, ...(cost && { cost }) });
}
