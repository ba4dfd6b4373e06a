import { readFileSync } from 'node:fs';
import { cpus, freemem, loadavg } from 'node:os';
import type { Row } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';

/** Makes a function that reads the machine once. CPU seconds are of all cores since the reader was made. */
export function hostReader(clock: Clock): () => Row<'host'> {
  const baseline = cpuTimes();
  return () => {
    const now = cpuTimes();
    const [load1 = Number.NaN] = loadavg();
    return {
      atMs: clock.nowMs(),
      cpuBusySeconds: now.busySeconds - baseline.busySeconds,
      cpuStealSeconds: now.stealSeconds - baseline.stealSeconds,
      load1,
      memoryAvailableBytes: memoryAvailableBytes(),
    };
  };
}

function cpuTimes(): { busySeconds: number; stealSeconds: number } {
  if (process.platform === 'linux') {
    // proc(5): cpu user nice system idle iowait irq softirq steal ..., in ticks of 10 ms
    const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/).map(Number) ?? [];
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = ticks;
    return { busySeconds: (user + nice + system + irq + softirq) / 100, stealSeconds: steal / 100 };
  }
  const busyMs = cpus().reduce((total, { times }) => total + times.user + times.nice + times.sys + times.irq, 0);
  return { busySeconds: busyMs / 1000, stealSeconds: Number.NaN };
}

/** What a new process could have without swapping: on Linux that is more than what is free. */
function memoryAvailableBytes(): number {
  if (process.platform !== 'linux') return freemem();
  const match = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return match ? Number(match[1]) * 1024 : freemem();
}
