import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pidusage from 'pidusage';
import type { ProcessReading, ProcessSource } from './process-source.ts';

interface Listed {
  readonly parentPid: number;
  readonly isZombie: boolean;
  readonly commandLine: string;
}

/** The output of `ps` for a machine with very many processes. */
const outputLimitBytes = 64e6;

/** Reads processes where there is no /proc: one `ps` for who started whom, one (pidusage's) for what those below the roots use. */
export class PortableProcesses implements ProcessSource {
  private listed: ReadonlyMap<number, Listed> = new Map();
  private childrenOf: ReadonlyMap<number, readonly number[]> = new Map();
  private readings: ReadonlyMap<number, ProcessReading> = new Map();

  async begin(roots: readonly number[]): Promise<void> {
    this.listed = await listProcesses();
    const childrenOf = new Map<number, number[]>();
    for (const [pid, { parentPid }] of this.listed) childrenOf.set(parentPid, [...(childrenOf.get(parentPid) ?? []), pid]);
    this.childrenOf = childrenOf;
    const below = new Set(roots.filter((pid) => this.listed.has(pid)));
    for (const pid of below) for (const child of this.children(pid)) below.add(child);
    // maxage: pidusage keeps what it has seen, for a minute unless told otherwise.
    const found = below.size === 0 ? {} : await pidusage([...below], { maxage: 500 }).catch(() => ({}));
    const statuses = Object.values(found).filter((status): status is pidusage.Status => status !== null && status !== undefined);
    this.readings = new Map(
      statuses.map(({ pid, memory, ctime }) => [
        pid,
        {
          pid,
          startedAt: 0,
          isZombie: this.listed.get(pid)?.isZombie ?? false,
          rssBytes: memory,
          cpuSeconds: ctime / 1000,
          exitedCpuSeconds: 0,
        },
      ]),
    );
  }

  read(pid: number): ProcessReading | undefined {
    return this.readings.get(pid);
  }

  children(pid: number): readonly number[] {
    return this.childrenOf.get(pid) ?? [];
  }

  commandLine(pid: number): string {
    return this.listed.get(pid)?.commandLine ?? '';
  }
}

async function listProcesses(): Promise<ReadonlyMap<number, Listed>> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,stat=,args='], { maxBuffer: outputLimitBytes });
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [, pid, parentPid, state = '', commandLine = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*?)\s*$/.exec(line) ?? [];
      return pid === undefined
        ? []
        : [[Number(pid), { parentPid: Number(parentPid), isZombie: state.startsWith('Z'), commandLine }] as const];
    }),
  );
}
