import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../src/analysis/history.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { figuredExperiment } from '../support/figured-experiment.ts';
import { orchlab } from '../support/orchlab-command.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';

let workspace: TemporaryWorkspace;
beforeAll(async () => {
  workspace = temporaryWorkspace();
  const { config } = buildExperiment({ runs: 1 }).manifest;
  for (let day = 0; day < 14; day++) {
    await figuredExperiment(workspace.results, {
      name: `day-${day}`,
      startedMs: Date.UTC(2026, 9, 1 + day),
      figures: { 'response.p99': (day < 7 ? 2 : 2.5) + day / 1000, 'throughput.tasksPerSecond': 100 + (day % 2) },
      manifest: {
        targetCommit: day < 7 ? 'old' : 'new',
        ...(day === 3 && { status: 'failed' }),
        ...(day === 13 && { config: { ...config, name: 'other' } }),
      },
    });
  }
});
afterAll(() => workspace[Symbol.dispose]());

const history = async (...args: string[]) => orchlab(['history', ...args], { cwd: workspace.root });

describe('orchlab history', () => {
  it('tells what changed, of the experiments that are done, and draws it', async () => {
    const { code, stdout, stderr } = await history('standard', '--plot', 'history.svg');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('standard on dbos: 1 change over 12 experiments, the last in response time p99 (+25 %, worse).');
    expect(stdout).toContain('from day-7 (commit new) on');
    expect(stdout).toContain('there changed: commit old → new.');
    expect(stderr).toContain('1 of 13 experiments did not end as done, or are damaged: they are left out.');
    expect(readFileSync(join(workspace.root, 'history.svg'), 'utf8')).toContain('response time p99');
  });

  it('exports CSV, and takes it back in where the experiments are no more', async () => {
    const { stdout } = await history('--figure', 'response.p99', '--csv');
    expect(stdout.split('\n')).toHaveLength(15);
    const earlier = stdout.replaceAll('day-', 'earlier-').replaceAll('2026-10', '2025-10');
    // Half as slow then, all along.
    const half = earlier.replace(
      /earlier-(\d+)(.*),2(\.\d+)?$/gm,
      (_, day: string, words: string) => `earlier-${day}${words},1.00${Number(day) % 2}`,
    );
    writeFileSync(join(workspace.root, 'old.csv'), half);
    const json = await history('standard', '--import', 'old.csv', '--figure', 'response.p99', '--json');
    expect(json.code, json.stderr).toBe(0);
    const [line] = JSON.parse(json.stdout) as HistoryLine[];
    expect(line!.points).toHaveLength(24);
    expect(line!.figures[0]!.changes.map(({ point }) => line!.points[point]!.experiment)).toEqual(['day-0', 'day-7']);
  });

  it.each([
    ['nothing of that config', ['none'], /expected experiments that ended as done of the config none, got none/],
    ['an unknown figure', ['--figure', 'p99'], /figure: expected one of/],
    ['a file that is not there', ['--import', 'none.csv'], /none\.csv can't be read: /],
    ['a picture of another kind', ['--plot', 'a.pdf'], /expected a file that ends in \.svg or \.png/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await history(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('says which picture can not be written', async () => {
    const { code, stderr } = await history('--plot', 'none/a.svg');
    expect(code).toBe(4);
    expect(stderr).toMatch(/none\/a\.svg: the picture can't be written: /);
    expect(existsSync(join(workspace.root, 'none'))).toBe(false);
  });
});
