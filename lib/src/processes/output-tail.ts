import type { Readable } from 'node:stream';

/** Enough for a stack trace or the last words of a server. */
const keptCharacters = 4000;

/** Keeps the end of what comes from these streams, in the order in which it comes, for the message when their process fails. */
export function tailOf(streams: readonly (Readable | null)[], characters = keptCharacters): () => string {
  let tail = '';
  for (const stream of streams) stream?.setEncoding('utf8').on('data', (chunk: string) => (tail = (tail + chunk).slice(-characters)));
  return () => tail;
}
