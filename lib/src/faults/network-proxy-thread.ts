/** The thread of `NetworkProxy`: passes bytes on between schedulers and Postgres, or does not, as it is told. */
import { type Socket, connect, createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromProxyThread, NetworkProxyData, NetworkState } from './network-proxy.ts';

const { host, port: serverPort } = workerData as NetworkProxyData;
const port = parentPort;
if (!port) throw new Error('network-proxy-thread.ts is started as a thread, by NetworkProxy');
const tell = (message: FromProxyThread): void => port.postMessage(message);

let state: NetworkState = { how: 'open' };
const pairs = new Set<readonly [Socket, Socket]>();
/** Where pieces wait for the state to change. */
let changed = Promise.withResolvers<void>();

/** Passes on what comes from one to the other, in order: each piece waits for the one before. */
async function pass(from: Socket, to: Socket): Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let freeMs = 0;
  from.on('data', (piece: Buffer) => {
    const arrivedMs = performance.now();
    from.pause();
    const send = async (): Promise<void> => {
      await last;
      while (state.how === 'silent') await changed.promise;
      if (state.how === 'delay') await sleepUntil(arrivedMs + state.delayMs);
      if (state.how === 'rate') {
        freeMs = Math.max(freeMs, arrivedMs) + (1000 * piece.length) / state.bytesPerSecond;
        await sleepUntil(freeMs);
      }
      if (!to.destroyed) to.write(piece);
    };
    last = send();
    // What is delayed is on its way: more may follow it. What is held up keeps the sender waiting, as a full network does.
    if (state.how === 'delay') from.resume();
    else void last.then(() => (to.writableNeedDrain ? to.once('drain', () => from.resume()) : from.resume()));
  });
  from.on('end', () => void last.then(() => to.end()));
}

async function sleepUntil(ms: number): Promise<void> {
  const left = ms - performance.now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
}

const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  client.on('error', () => undefined);
  if (state.how === 'cut') {
    client.resetAndDestroy();
    return;
  }
  // A host that is a folder is that of a Unix socket.
  const options = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${serverPort}` } : { host, port: serverPort };
  const upstream = connect({ ...options, allowHalfOpen: true, noDelay: true });
  const pair = [client, upstream] as const;
  pairs.add(pair);
  for (const [one, other] of [pair, [upstream, client] as const]) {
    one.on('error', () => other.destroy());
    one.on('close', () => {
      other.destroySoon();
      pairs.delete(pair);
    });
    void pass(one, other);
  }
});

port.on('message', (next: NetworkState) => {
  state = next;
  changed.resolve();
  changed = Promise.withResolvers<void>();
  const connections = pairs.size;
  if (state.how === 'cut') for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
  tell({ type: 'done', connections });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  tell({ type: 'listening', port: typeof address === 'object' && address !== null ? address.port : 0 });
});
