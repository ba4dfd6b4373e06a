import { type Fault, secondsOf } from '../config/faults.ts';
import type { FaultRun } from './fault-surroundings.ts';
import type { NetworkState } from './network-proxy.ts';

type Drop = Extract<Fault, { readonly drop: unknown }>;

/** Keeps what goes between schedulers and Postgres from passing as it should. */
export async function dropNetwork(run: FaultRun, fault: Drop): Promise<void> {
  if (!run.proxy) throw new Error('drop: network without a proxy');
  run.begins('network', fault.how);
  const connections = await run.proxy.set(stateOf(fault));
  run.begins('network', `${howWords(fault)}, ${connections} connections`);
  try {
    await run.wait(secondsOf(fault.for));
  } finally {
    await run.proxy.set({ how: 'open' });
  }
}

function stateOf({ how, delay = 0, bytes_per_second: bytesPerSecond = 1 }: Drop): NetworkState {
  if (how === 'delay') return { how, delayMs: 1000 * secondsOf(delay) };
  if (how === 'rate') return { how, bytesPerSecond };
  return { how };
}

function howWords({ how, delay = 0, bytes_per_second: bytesPerSecond }: Drop): string {
  if (how === 'delay') return `${secondsOf(delay)} s later each way`;
  if (how === 'rate') return `${bytesPerSecond} bytes/s each way`;
  return how === 'cut' ? 'cut' : 'nothing passes';
}
