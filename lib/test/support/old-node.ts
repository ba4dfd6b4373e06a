import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const pretence = `
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.18.0' } });
  process.stdout.write = () => { throw new Error('this is the old Node'); };`;

/** This Node, but it says that it were an older one, and can print nothing itself. */
export const pretendedOldNode = [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(pretence)}`] as const;

/** A Node that is too old for orchlab: the system's where it is one, else a pretended one. */
export function oldNode(): readonly [string, ...string[]] {
  const system = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => !directory.includes('node_modules'))
    .map((directory) => join(directory, 'node'))
    .find((path) => existsSync(path));
  const major = system === undefined ? NaN : Number(/^v(\d+)/.exec(execFileSync(system, ['--version'], { encoding: 'utf8' }))?.[1]);
  return system !== undefined && major < 24 ? [system] : pretendedOldNode;
}
