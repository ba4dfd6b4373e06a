import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { addressOf } from '../database/database-url.ts';
import { withLimit } from '../timing/with-limit.ts';

/** How traffic passes; `bytesPerSecond` and `delayMs` are each way. */
export type NetworkState =
  | { readonly how: 'open' | 'cut' | 'silent' }
  | { readonly how: 'delay'; readonly delayMs: number }
  | { readonly how: 'rate'; readonly bytesPerSecond: number };

export interface NetworkProxyData {
  readonly host: string;
  readonly port: number;
}

export type FromProxyThread =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'done'; readonly connections: number };

const startLimitSeconds = 10;
const answerLimitSeconds = 5;

/** A TCP proxy in a thread of its own, so that what passes through it waits for no other work of orchlab's. */
export class NetworkProxy implements AsyncDisposable {
  /** Leads to the database through the proxy. Holds the password: never shown or written. */
  readonly url: string;
  private readonly thread: Worker;

  private constructor(thread: Worker, url: string) {
    this.thread = thread;
    this.url = url;
  }

  /** Starts a proxy to the server of `databaseUrl`; resolves when it listens. */
  static async start(databaseUrl: string): Promise<NetworkProxy> {
    const { host, port } = addressOf(databaseUrl);
    const workerData: NetworkProxyData = { host, port };
    const thread = new Worker(new URL(`./network-proxy-thread${extname(import.meta.filename)}`, import.meta.url), { workerData });
    const listening = new Promise<number>((resolve, reject) => {
      thread.once('message', (message: FromProxyThread) => resolve(message.type === 'listening' ? message.port : 0));
      thread.once('error', reject);
    });
    try {
      const own = await withLimit(listening, startLimitSeconds, 'starting the network proxy');
      const url = new URL(databaseUrl);
      [url.hostname, url.port] = ['127.0.0.1', String(own)];
      return new NetworkProxy(thread, url.href);
    } catch (error) {
      await thread.terminate();
      throw error;
    }
  }

  /** From now on traffic passes like this; resolves with the connections there were then. */
  async set(state: NetworkState): Promise<number> {
    const done = new Promise<number>((resolve, reject) => {
      this.thread.once('message', (message: FromProxyThread) => resolve(message.type === 'done' ? message.connections : 0));
      this.thread.once('error', reject);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, a thread has no origin
    this.thread.postMessage(state);
    return withLimit(done, answerLimitSeconds, 'the network proxy');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.thread.terminate();
  }
}
