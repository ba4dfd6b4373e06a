/** The thread that encodes and writes the Arrow files of an experiment. Started by `ArrowFiles`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromFilesThread, ToFilesThread } from './arrow-files.ts';
import { type Labels, type TableWriter, createTableWriter } from './table-writer.ts';
import { type TableName, tableNames } from './tables.ts';

const { directory, labels } = workerData as { readonly directory: string; readonly labels: Labels };
const port = parentPort;
if (!port) throw new Error('arrow-files-thread.ts is started as a thread, by ArrowFiles');
const tell = (message: FromFilesThread): void => port.postMessage(message);

const onError = (error: Error): void => tell({ type: 'failed', error });
const writers = new Map<TableName, TableWriter<TableName>>(
  tableNames.map((name) => [name, createTableWriter(directory, name, onError, labels)]),
);

port.on('message', (message: ToFilesThread) => {
  if (message.type === 'close') {
    void close();
    return;
  }
  for (const { table, batch } of message.batches) writers.get(table)?.appendBatch(batch);
  tell({ type: 'taken' });
});

async function close(): Promise<void> {
  const results = await Promise.allSettled([...writers.values()].map(async (writer) => writer.close()));
  const failed = results.find((result) => result.status === 'rejected');
  tell({ type: 'closed', ...(failed && { error: failed.reason as Error }) });
}
