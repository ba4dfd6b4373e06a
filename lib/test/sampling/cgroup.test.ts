import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { table } from 'arquero';
import { afterEach, describe, expect, it } from 'vitest';
import { hostRates } from '../../src/analysis/host-rates.ts';
import { limitEvidence } from '../../src/analysis/limit-evidence.ts';
import { verdictNotes } from '../../src/analysis/verdict-notes.ts';
import { describeHost } from '../../src/experiment/describe-host.ts';
import { Cgroup } from '../../src/sampling/cgroup.ts';
import { hostReader } from '../../src/sampling/host-sampler.ts';
import { systemClock } from '../../src/timing/clock.ts';
import { buildExperiment } from '../support/build-experiment.ts';

const made: string[] = [];
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true });
});

/** A root directory with these files. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'orchlab-cgroup-'));
  made.push(root);
  for (const [path, text] of Object.entries(files)) write(root, path, text);
  return root;
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const version2 = {
  'proc/self/cgroup': '0::/pod/box\n',
  'proc/self/mountinfo': '30 23 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n',
  'proc/self/status': 'Name:\tnode\nCpus_allowed_list:\t0-1\n',
  'sys/fs/cgroup/pod/cpu.max': '150000 100000\n',
  'sys/fs/cgroup/pod/cpu.stat': 'usage_usec 5000000\nnr_periods 100\nnr_throttled 20\nthrottled_usec 700000\n',
  'sys/fs/cgroup/pod/memory.max': '2000000000\n',
  'sys/fs/cgroup/pod/box/cpu.max': 'max 100000\n',
  'sys/fs/cgroup/pod/box/cpu.stat': 'usage_usec 1\nnr_periods 0\nnr_throttled 0\n',
  'sys/fs/cgroup/pod/box/memory.max': 'max\n',
};

const version1 = {
  'proc/self/cgroup': '4:memory:/docker/x\n2:cpuacct:/docker/x\n1:cpu:/docker/x\n0::/\n',
  'proc/self/mountinfo': [
    '32 31 0:29 /docker/x /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu',
    '33 31 0:30 /docker/x /sys/fs/cgroup/cpuacct ro - cgroup cgroup rw,cpuacct',
    '35 31 0:32 /docker/x /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory',
    '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
  ].join('\n'),
  'proc/self/status': 'Cpus_allowed_list:\t0,2-3\n',
  'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
  'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  'sys/fs/cgroup/cpu/cpu.stat': 'nr_periods 10\nnr_throttled 4\nthrottled_time 123\n',
  'sys/fs/cgroup/cpuacct/cpuacct.usage': '1500000000\n',
  'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
};

describe('Cgroup', () => {
  it('takes the least limit of a group and those above it (version 2)', () => {
    const cgroup = new Cgroup(rootWith(version2));
    expect(cgroup.limits()).toEqual({ cpuQuotaCores: 1.5, memoryLimitBytes: 2e9, allowedCores: new Set([0, 1]) });
    expect(cgroup.usage()).toEqual({ cpuSeconds: 5, periods: 100, throttledPeriods: 20 });
  });

  it("reads version 1 as a container sees it, its own group at the mount under the host's path", () => {
    const cgroup = new Cgroup(rootWith(version1));
    expect(cgroup.limits()).toEqual({ cpuQuotaCores: 0.5, memoryLimitBytes: Number.NaN, allowedCores: new Set([0, 2, 3]) });
    expect(cgroup.usage()).toEqual({ cpuSeconds: 1.5, periods: 10, throttledPeriods: 4 });
  });

  it('has no limit where nothing can be read, and reads what this machine has', () => {
    const none = new Cgroup(rootWith({}));
    expect(none.limits()).toEqual({ cpuQuotaCores: Number.NaN, memoryLimitBytes: Number.NaN, allowedCores: undefined });
    const host = describeHost();
    expect(host.usableCores).toBeGreaterThan(0);
    expect(host.usableCores).toBeLessThanOrEqual(host.cores);
  });
});

describe('the host under a quota', () => {
  it('describes what may be used, and counts what of it is used and how often it was held up', () => {
    const root = rootWith(version2);
    const cgroup = new Cgroup(root);
    expect(describeHost(cgroup)).toMatchObject({ usableCores: Math.min(1.5, cpus().length), cpuQuotaCores: 1.5 });
    const read = hostReader(systemClock, cgroup);
    write(root, 'sys/fs/cgroup/pod/cpu.stat', 'usage_usec 8000000\nnr_periods 140\nnr_throttled 30\nthrottled_usec 900000\n');
    expect(read()).toMatchObject({ cgroupCpuSeconds: 3, quotaPeriods: 40, throttledPeriods: 10 });
  });

  it('is busy by what the container may use, and the verdict says that it was throttled', () => {
    const built = buildExperiment();
    const rows = built.host.objects() as { atMs: number }[];
    const [firstMs = 0] = rows.map(({ atMs }) => atMs);
    const seconds = rows.map(({ atMs }) => (atMs - firstMs) / 1000);
    const host = built.host.assign(
      table({
        cgroupCpuSeconds: seconds.map((at) => 0.45 * at),
        quotaPeriods: seconds.map((at) => 10 * at),
        throttledPeriods: seconds.map((at) => 2.5 * at),
      }),
    );
    const manifest = { ...built.manifest, host: { ...built.manifest.host, usableCores: 0.5, cpuQuotaCores: 0.5 } };
    const experiment = { ...built, host, manifest };
    const rates = hostRates(experiment, firstMs, firstMs + 5000);
    expect(rates.cores).toBe(0.5);
    expect(rates.busyRatio).toBeCloseTo(0.9, 9);
    expect(rates.throttledRatio).toBeCloseTo(0.25, 9);
    expect(verdictNotes(experiment, limitEvidence(experiment))).toContainEqual(
      'Throttled: the CPU quota of this container (0.5 cores) held it up in 25 % of its periods: latency has those pauses in it.',
    );
  });
});
