import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkProxy } from '../../src/faults/network-proxy.ts';

/** Sends back what it gets. */
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.pipe(socket);
});
let proxy: NetworkProxy;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  proxy = await NetworkProxy.start(`postgres://user:secret@127.0.0.1:${port}/database?sslmode=disable`);
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  server.close();
});

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Milliseconds until as many bytes have come back. */
async function echo(socket: Socket, bytes: number): Promise<number> {
  const sentMs = performance.now();
  let left = bytes;
  socket.write(Buffer.alloc(bytes, 'x'));
  while (left > 0) left -= ((await once(socket, 'data')) as [Buffer])[0].length;
  return performance.now() - sentMs;
}

describe('a network proxy', () => {
  it('passes on all that comes, and keeps database, user and password of the URL', async () => {
    using socket = disposable(await open());
    await echo(socket.it, 1_000_000);
    const { username, password, pathname, search, hostname } = new URL(proxy.url);
    expect([username, password, pathname, search, hostname]).toEqual(['user', 'secret', '/database', '?sslmode=disable', '127.0.0.1']);
  });

  it('delays each way, and limits the rate', async () => {
    using socket = disposable(await open());
    await echo(socket.it, 1);
    await proxy.set({ how: 'delay', delayMs: 60 });
    // Timers of Node may come a millisecond early, each.
    expect(await echo(socket.it, 1)).toBeGreaterThanOrEqual(117);
    await proxy.set({ how: 'rate', bytesPerSecond: 100_000 });
    expect(await echo(socket.it, 20_000)).toBeGreaterThanOrEqual(190);
    await proxy.set({ how: 'open' });
  });

  it('lets nothing pass while silent, and all of it afterwards', async () => {
    using socket = disposable(await open());
    await echo(socket.it, 1);
    await proxy.set({ how: 'silent' });
    const answer = echo(socket.it, 1000);
    const isOpenAgain = proxy.set({ how: 'silent' }).then(async () => proxy.set({ how: 'open' }));
    const [took] = await Promise.all([answer, isOpenAgain]);
    expect(took).toBeGreaterThan(0);
  });

  it('cuts connections and refuses new ones, until it is open again', async () => {
    const socket = await open();
    await echo(socket, 1);
    const closed = closeOf(socket);
    expect(await proxy.set({ how: 'cut' })).toBeGreaterThanOrEqual(1);
    await closed;
    await closeOf(connect(Number(new URL(proxy.url).port), '127.0.0.1'));
    await proxy.set({ how: 'open' });
    using again = disposable(await open());
    await echo(again.it, 1);
  });
});

/** Resolves when it is closed, also by a reset. */
async function closeOf(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
}

function disposable(socket: Socket): Disposable & { readonly it: Socket } {
  return { it: socket, [Symbol.dispose]: () => void socket.destroy() };
}
