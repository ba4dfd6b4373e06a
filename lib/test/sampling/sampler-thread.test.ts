import { describe, expect, it } from 'vitest';
import { usePrivateServer } from '../support/private-server.ts';
import { noRows, type SampledRows } from '../../src/sampling/sampler-message.ts';
import { SamplerThread } from '../../src/sampling/sampler.ts';
import type { Emit } from '../../src/results/rows.ts';
import { systemClock } from '../../src/timing/clock.ts';
import { waitUntil } from '../processes/wait-until.ts';

const own = usePrivateServer();

function collector(): { readonly all: SampledRows; readonly emit: Emit } {
  const all = noRows();
  return { all, emit: (table, row) => all[table as keyof SampledRows].push(row as never) };
}

/** Keeps this thread, which stands for the driver, busy. */
function burn(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

describe('the sampler thread', () => {
  it('samples while the driver is busy, by the same clock, and tells its own CPU from the driver', async () => {
    const { all, emit } = collector();
    const beganMs = systemClock.nowMs();
    const processes = { schedulers: [process.pid], postmaster: own.server.postmasterPid ?? -1 };
    const sampler = new SamplerThread({ databaseUrl: own.server.url, intervalMs: 50, processes });
    await sampler.start(emit);
    const busyFromMs = systemClock.nowMs();
    burn(1000);
    const busyToMs = systemClock.nowMs();
    expect(await sampler.stop()).toEqual([]);
    const endedMs = systemClock.nowMs();

    for (const { atMs } of all.host) {
      expect(atMs).toBeGreaterThanOrEqual(beganMs - 1);
      expect(atMs).toBeLessThanOrEqual(endedMs + 1);
    }
    const of = (role: string) => all.processes.filter((row) => row.role === role);
    // 20 would be due in that second, none if the two shared a thread; the machine has other work, too.
    const during = of('driver').filter(({ atMs }) => atMs > busyFromMs && atMs < busyToMs);
    expect(during.length).toBeGreaterThanOrEqual(3);
    const used = (role: string): number => (of(role).at(-1)?.cpuSeconds ?? 0) - (of(role)[0]?.cpuSeconds ?? 0);
    expect(used('driver')).toBeGreaterThan(4 * used('sampler'));
    expect(used('sampler')).toBeGreaterThan(0);
    expect(of('driver')[0]?.rssBytes).toBeGreaterThan(30e6);
    expect(of('sampler')[0]?.rssBytes).toBeNaN();
    expect(of('postgres')[0]?.processCount).toBeGreaterThanOrEqual(5);
    expect(all.postgres.length).toBeGreaterThanOrEqual(2);
    // Every half second, and at the end: first and last are as those of the processes, and the host was busy with the driver at least.
    expect(all.host.length).toBeGreaterThanOrEqual(3);
    expect(all.host.length).toBeLessThanOrEqual((endedMs - beganMs) / 500 + 2);
    expect(all.host.at(-1)?.cpuBusySeconds ?? 0).toBeGreaterThan(used('driver') - 0.05);
  });

  it.runIf(process.platform === 'linux')('counts memory that processes share once in PSS, and reads that rarely', async () => {
    const { all, emit } = collector();
    const processes = { schedulers: [process.pid], postmaster: own.server.postmasterPid ?? -1 };
    const sampler = new SamplerThread({ databaseUrl: own.server.url, intervalMs: 20, processes });
    await sampler.start(emit);
    await waitUntil('there are 20 samples', () => all.processes.filter(({ role }) => role === 'postgres').length >= 20);
    await sampler.stop();
    const postgres = all.processes.filter(({ role }) => role === 'postgres');
    const known = postgres.filter(({ pssBytes }) => !Number.isNaN(pssBytes));
    expect(known.length).toBeGreaterThanOrEqual(1);
    expect(known.length).toBeLessThan(postgres.length / 5);
    for (const { pssBytes, rssBytes } of known) {
      expect(pssBytes).toBeGreaterThan(1e6);
      expect(pssBytes).toBeLessThan(0.8 * rssBytes); // the processes share Postgres' code and buffers
    }
  });

  it('goes on without a database, and says what it could not read', async () => {
    const { all, emit } = collector();
    const databaseUrl = 'postgres://nobody@127.0.0.1:1/none';
    const sampler = new SamplerThread({ databaseUrl, intervalMs: 20, processes: { schedulers: [process.pid] } });
    await sampler.start(emit);
    const warnings = await sampler.stop();
    expect(all.processes.length).toBeGreaterThan(0);
    expect(all.postgres).toEqual([]);
    const failed = (what: string): unknown =>
      expect.stringMatching(new RegExp(`^\\d+ readings of ${what} failed, the first with: .*ECONNREFUSED`));
    expect(warnings).toEqual(expect.arrayContaining([failed('postgres'), failed('vacuums and checkpoints')]));
    expect(warnings).toHaveLength(2);
  });
});
