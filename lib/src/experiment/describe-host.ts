import { cpus, loadavg, release, totalmem } from 'node:os';
import type { HostDescription } from '../results/manifest.ts';
import { Cgroup } from '../sampling/cgroup.ts';

/** The machine that the experiment runs on, and what of it may be used. */
export function describeHost(cgroup = new Cgroup()): HostDescription {
  const processors = cpus();
  const { cpuQuotaCores, memoryLimitBytes, allowedCores } = cgroup.limits();
  const allowed = Math.min(processors.length, allowedCores?.size ?? processors.length);
  return {
    platform: `${process.platform} ${process.arch}`,
    kernel: release(),
    cpuModel: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    usableCores: Number.isNaN(cpuQuotaCores) ? allowed : Math.min(allowed, cpuQuotaCores),
    ...(Number.isNaN(cpuQuotaCores) ? {} : { cpuQuotaCores }),
    memoryBytes: totalmem(),
    ...(memoryLimitBytes < totalmem() ? { memoryLimitBytes } : {}),
    loadAverage: loadavg(),
  };
}
