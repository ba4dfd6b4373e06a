import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findWorkspace } from '../../src/config/workspace.ts';

/*
 * The package as npm packs it, installed in an empty folder with the Node that the system has, or that runs this where it has none.
 */

const { root } = findWorkspace(import.meta.dirname);
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'orchlab-consumer-'));
const project = join(folder, 'app');

/** Without the repository's own programs. */
const path = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((directory) => !directory.includes('node_modules'))
  .concat(dirname(process.execPath))
  .join(delimiter);
const { DATABASE_URL: _, NODE_OPTIONS: __, ...environment } = process.env;
const env = { ...Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('npm_'))), PATH: path };

async function command(line: string, cwd = project): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number }> {
  const [program = '', ...words] = line.split(' ');
  return run(program, words, { cwd, env, maxBuffer: 1e8 }).then(
    (output) => ({ ...output, code: 0 }),
    (error: { readonly stdout: string; readonly stderr: string; readonly code: number }) => error,
  );
}

function megabytes(directory: string): number {
  let bytes = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) bytes += readFileSync(join(entry.parentPath, entry.name)).length;
  return bytes / 1e6;
}

describe('the package in an empty folder', () => {
  beforeAll(async () => {
    mkdirSync(project);
    const packed = await command(`npm pack --silent --pack-destination ${folder}`, join(root, 'lib'));
    const tarball = packed.stdout.trim().split('\n').at(-1) ?? '';
    const beganMs = performance.now();
    const { code, stderr } = await command(`npm install --no-audit --no-fund ${join(folder, tarball)}`);
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    const seconds = (performance.now() - beganMs) / 1000;
    console.log(
      `installed in ${seconds.toFixed(0)} s: ${megabytes(join(project, 'node_modules')).toFixed(0)} MB, the package itself ${megabytes(join(project, 'node_modules', 'orchlab')).toFixed(1)} MB`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('runs the smallest config by its second command', async () => {
    const { code, stdout, stderr } = await command('npx --no-install orchlab run quick');
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect(stdout).toContain('50 submitted = 50 finished');
    expect(readdirSync(project).sort()).toEqual(['.orchlab', 'node_modules', 'package-lock.json', 'package.json', 'perf-results']);
  });

  it('has its configs and targets, which those of the project override', async () => {
    const targets = (await command('npx --no-install orchlab targets')).stdout;
    expect(targets).toMatch(/procrastinate/);
    const missing = await command('npx --no-install orchlab run quick --target pg-boss');
    expect([missing.code, missing.stderr.trim()]).toEqual([
      4,
      "orchlab: target pg-boss: expected the npm package pg-boss, got none: npm install 'pg-boss@^12.38.0'",
    ]);
    mkdirSync(join(project, 'perf-configs'));
    writeFileSync(join(project, 'perf-configs', 'quick.yaml'), 'workflows: 1\ntasks_per_workflow: 3\nduration: 0\n');
    expect((await command('npx --no-install orchlab run quick')).stdout).toContain('3 submitted = 3 finished');
    rmSync(join(project, 'perf-configs'), { recursive: true });
  });

  it('lays out a project, twice without a change, and runs its config', async () => {
    const first = await command('npx --no-install orchlab init');
    expect(first.stdout.match(/^made /gm)).toHaveLength(9);
    const before = readFileSync(join(project, 'perf-configs', 'my-load.yaml'), 'utf8');
    writeFileSync(join(project, 'perf-configs', 'my-load.yaml'), before.replace('workflows: 50', 'workflows: 2'));
    const second = await command('npx --no-install orchlab init');
    expect([second.stdout.match(/^kept /gm)?.length, second.stdout.includes('made ')]).toEqual([9, false]);
    const { code, stdout } = await command('npm run --silent perf');
    expect([code, stdout.includes('8 submitted = 8 finished')]).toEqual([0, true]);
    // Every file that the target to fill in names is there, so that it says only what is to be filled in.
    const check = await command('npx --no-install orchlab target show my-engine');
    expect([check.code, check.stdout.includes('my-engine.mjs')]).toEqual([0, true]);
    expect(existsSync(join(project, '.github', 'workflows', 'bench.yml'))).toBe(true);
  });
});
