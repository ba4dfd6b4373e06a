import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/results/manifest.ts';
import { orchlab } from '../support/orchlab-command.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';

let workspace: TemporaryWorkspace;
beforeEach(() => {
  workspace = temporaryWorkspace();
  mkdirSync(workspace.results);
});
afterEach(() => {
  execFileSync('umount', [workspace.results]);
  workspace[Symbol.dispose]();
});

/** Whether a disk of a few kilobytes can be had: by root, where mounting is allowed. */
const canMount = ((): boolean => {
  using probe = temporaryWorkspace();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe.root], { stdio: 'ignore' });
    execFileSync('umount', [probe.root]);
    return true;
  } catch {
    return false;
  }
})();

function mountResults(size: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', workspace.results]);
}

function onlyManifest(): Manifest {
  const name = readdirSync(workspace.results).find((entry) => existsSync(join(workspace.results, entry, 'manifest.json'))) ?? '';
  return JSON.parse(readFileSync(join(workspace.results, name, 'manifest.json'), 'utf8')) as Manifest;
}

/** What a writing that failed leaves behind. */
function halfWritten(): readonly string[] {
  const files = readdirSync(workspace.results, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => /\.part$|manifest\.json\.|report\.html\.|\.txt\.|\.reserve$/.test(file));
}

describe.skipIf(!canMount)('a full disk', () => {
  it('from the start: says so, and leaves nothing', async () => {
    mountResults('64k');
    writeFileSync(join(workspace.results, 'filler'), Buffer.alloc(60 * 1024));
    const { code, stderr } = await orchlab(['run', '--runs', '1', '--tasks', '1', '--duration', '0'], { cwd: workspace.root });
    expect(stderr).toMatch(/^orchlab: .*perf-results.*: the results can't be written: .*ENOSPC/m);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(4);
    expect(readdirSync(workspace.results)).toEqual(['filler']);
  });

  it('in the load: ends it within seconds, with the reason in the manifest', async () => {
    mountResults('480k');
    // 600,000 rows of runs do not fit, and take far longer than the disk lasts.
    const args = ['run', '--runs', '600000', '--tasks', '1', '--duration', '0', '-s', 'executor=inline', '-s', 'timeout=300'];
    const { code, stderr } = await orchlab(args, { cwd: workspace.root });
    expect(stderr).toMatch(/the results can't be written any more: .*ENOSPC/);
    expect(code).toBe(3);
    const { status, reason, times } = onlyManifest();
    expect(status).toBe('failed');
    expect(reason).toMatch(/^the results can't be written any more: .*ENOSPC/);
    expect((times.endedMs ?? Infinity) - times.startedMs).toBeLessThan(60_000);
    expect(halfWritten()).toEqual([]);
  });

  it('at the report: the experiment is complete, and its report is not half there', async () => {
    // The report alone takes half a megabyte.
    mountResults('400k');
    const { code, stderr } = await orchlab(['run', '--runs', '2', '--tasks', '2', '--duration', '0.01'], { cwd: workspace.root });
    expect(stderr).toMatch(/the experiment is complete \(done\), but its reports can't be written: .*ENOSPC/);
    expect(code).toBe(4);
    expect(onlyManifest().status).toBe('done');
    expect(readdirSync(workspace.results, { recursive: true })).not.toContainEqual(expect.stringContaining('report.html'));
    expect(halfWritten()).toEqual([]);
  });
});
