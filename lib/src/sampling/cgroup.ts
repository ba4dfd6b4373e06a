import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a container may use; NaN where there is no limit. */
export interface CgroupLimits {
  readonly cpuQuotaCores: number;
  readonly memoryLimitBytes: number;
  /** By affinity, a cpuset included: numbers of the cores; undefined where it can't be told. */
  readonly allowedCores: ReadonlySet<number> | undefined;
}

/** Counters of the cgroup that has the quota, since it was made; NaN where there is none. */
export interface QuotaUsage {
  readonly cpuSeconds: number;
  readonly periods: number;
  /** Those in which it had used its quota up and was held up. */
  readonly throttledPeriods: number;
}

interface Group {
  readonly version: 1 | 2;
  /** The group's directory and those above it, as far as they can be seen. */
  readonly directories: readonly string[];
}

/** A v1 limit that is none is the greatest number of whole pages. */
const noMemoryLimit = 2 ** 60;

/**
 * The cgroup that this process is in, version 1, 2 or both, read below `root` (`/` but in tests). The least limit counts, be it the
 * group's own or of one above it. What can't be read is no limit.
 */
export class Cgroup {
  private readonly root: string;
  private readonly cpu: Group | undefined;
  private readonly memory: Group | undefined;
  private readonly accounting: Group | undefined;
  /** The directory with the least quota. */
  private readonly limiting: { readonly directory: string; readonly cores: number } | undefined;

  constructor(root = '/') {
    this.root = root;
    this.cpu = this.find('cpu');
    this.memory = this.find('memory');
    this.accounting = this.find('cpuacct');
    [this.limiting] = (this.cpu?.directories ?? [])
      .map((directory) => ({ directory, cores: this.quota(directory) }))
      .filter(({ cores }) => !Number.isNaN(cores))
      .sort((a, b) => a.cores - b.cores);
  }

  limits(): CgroupLimits {
    const bytes = (this.memory?.directories ?? [])
      .map((directory) => number(read(join(directory, this.memory?.version === 2 ? 'memory.max' : 'memory.limit_in_bytes'))))
      .filter((value) => value < noMemoryLimit);
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(read(join(this.root, 'proc/self/status')) ?? '')?.[1];
    return {
      cpuQuotaCores: this.limiting?.cores ?? Number.NaN,
      memoryLimitBytes: bytes.length > 0 ? Math.min(...bytes) : Number.NaN,
      allowedCores: list === undefined ? undefined : new Set(list.split(',').flatMap(range)),
    };
  }

  usage(): QuotaUsage {
    const { directory } = this.limiting ?? {};
    if (directory === undefined) return { cpuSeconds: Number.NaN, periods: Number.NaN, throttledPeriods: Number.NaN };
    const stat = read(join(directory, 'cpu.stat')) ?? '';
    const field = (name: string): number => number(new RegExp(`^${name} (\\d+)`, 'm').exec(stat)?.[1]);
    return {
      cpuSeconds: this.cpu?.version === 2 ? field('usage_usec') / 1e6 : this.accountedSeconds(directory),
      periods: field('nr_periods'),
      throttledPeriods: field('nr_throttled'),
    };
  }

  /** In version 1 CPU is accounted by another controller, with the same groups if it is set up as usual. */
  private accountedSeconds(directory: string): number {
    const level = this.cpu?.directories.indexOf(directory) ?? -1;
    const accounted = this.accounting?.directories[level];
    return accounted === undefined ? Number.NaN : number(read(join(accounted, 'cpuacct.usage'))) / 1e9;
  }

  private quota(directory: string): number {
    if (this.cpu?.version === 2) {
      const [quota, period] = (read(join(directory, 'cpu.max')) ?? '').trim().split(/\s+/);
      return number(quota) / number(period);
    }
    const quota = number(read(join(directory, 'cpu.cfs_quota_us')));
    return quota > 0 ? quota / number(read(join(directory, 'cpu.cfs_period_us'))) : Number.NaN;
  }

  /** cgroups(7): the paths are of /proc/self/cgroup, where they are mounted /proc/self/mountinfo tells. */
  private find(controller: string): Group | undefined {
    const memberships = (read(join(this.root, 'proc/self/cgroup')) ?? '').split('\n').map((line) => {
      const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      return { controllers: controllers.split(','), path };
    });
    const mounts = (read(join(this.root, 'proc/self/mountinfo')) ?? '').split('\n').flatMap((line) => {
      const [before = '', after = ''] = line.split(' - ');
      const [, , , mountRoot = '', point = ''] = before.split(' ');
      const [type = '', , options = ''] = after.split(' ');
      return type.startsWith('cgroup') ? [{ type, mountRoot, point, controllers: options.split(',') }] : [];
    });
    for (const version of [1, 2] as const) {
      const mount = mounts.find(({ type, controllers }) =>
        version === 2 ? type === 'cgroup2' : type === 'cgroup' && controllers.includes(controller),
      );
      const member = memberships.find(({ controllers, path }) => path !== '' && controllers.includes(version === 2 ? '' : controller));
      if (!mount || !member) continue;
      const top = join(this.root, mount.point);
      // Without a namespace of its own, a container sees the host's path, and its own group at the mount.
      const inside = member.path.startsWith(mount.mountRoot) ? member.path.slice(mount.mountRoot.length) : '';
      const parts = inside.split('/').filter((part) => part !== '' && part !== '..');
      const directories = Array.from({ length: parts.length + 1 }, (_, depth) => join(top, ...parts.slice(0, depth)));
      return { version, directories };
    }
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function number(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? Number.NaN : Number(text);
}

function range(text: string): number[] {
  const [from = Number.NaN, to = from] = text.split('-').map(Number);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
