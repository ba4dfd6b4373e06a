import { readFileSync } from 'node:fs';
import { cpus, freemem, loadavg } from 'node:os';
import type { Row } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';
import { Cgroup } from './cgroup.ts';

/** Makes a function that reads the machine once. CPU seconds are of all cores that may be used, since the reader was made. */
export function hostReader(clock: Clock, cgroup = new Cgroup()): () => Row<'host'> {
  const { allowedCores } = cgroup.limits();
  const isLimited = allowedCores !== undefined && allowedCores.size < cpus().length;
  const cpuTimes = (): CpuTimes => readCpuTimes(isLimited ? allowedCores : undefined);
  const baseline = cpuTimes();
  const usageBefore = cgroup.usage();
  return () => {
    const now = cpuTimes();
    const usage = cgroup.usage();
    const [load1 = Number.NaN] = loadavg();
    return {
      atMs: clock.nowMs(),
      cpuBusySeconds: now.busySeconds - baseline.busySeconds,
      cpuStealSeconds: now.stealSeconds - baseline.stealSeconds,
      cgroupCpuSeconds: usage.cpuSeconds - usageBefore.cpuSeconds,
      quotaPeriods: usage.periods - usageBefore.periods,
      throttledPeriods: usage.throttledPeriods - usageBefore.throttledPeriods,
      load1,
      memoryAvailableBytes: memoryAvailableBytes(),
    };
  };
}

interface CpuTimes {
  readonly busySeconds: number;
  readonly stealSeconds: number;
}

/** Of all cores, or of some. */
function readCpuTimes(cores: ReadonlySet<number> | undefined): CpuTimes {
  if (process.platform === 'linux') {
    // proc(5): cpu user nice system idle iowait irq softirq steal ..., in ticks of 10 ms; a line for all, then one a core
    const lines = readFileSync('/proc/stat', 'utf8').split('\n', cores ? undefined : 1);
    const chosen = cores ? lines.filter((line) => cores.has(Number(/^cpu(\d+) /.exec(line)?.[1]))) : lines;
    return chosen.reduce<CpuTimes>(
      ({ busySeconds, stealSeconds }, line) => {
        const [, ...ticks] = line.split(/\s+/).map(Number);
        const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = ticks;
        return { busySeconds: busySeconds + (user + nice + system + irq + softirq) / 100, stealSeconds: stealSeconds + steal / 100 };
      },
      { busySeconds: 0, stealSeconds: 0 },
    );
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
