import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/analysis/compare-experiments.ts';
import { figuredExperiment } from '../support/figured-experiment.ts';
import { orchlab } from '../support/orchlab-command.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../support/temporary-workspace.ts';
import { buildExperiment } from '../support/build-experiment.ts';

let workspace: TemporaryWorkspace;
beforeAll(async () => {
  workspace = temporaryWorkspace();
  const { target, config } = buildExperiment({ runs: 1 }).manifest;
  for (let round = 0; round < 7; round++) {
    for (const [place, name] of ['dbos', 'pg-boss'].entries()) {
      await figuredExperiment(workspace.results, {
        name: `2026-11-23-${name}-${round}`,
        startedMs: Date.UTC(2026, 10, 23, 10, 2 * round + place),
        figures: { 'throughput.tasksPerSecond': (100 + round) * (name === 'dbos' ? 1 : 0.9), 'response.p99': 2 + round / 1000 },
        manifest: { target: { ...target, name }, config: { ...config, target: name } },
      });
    }
  }
});
afterAll(() => workspace[Symbol.dispose]());

const compare = async (...args: string[]) => orchlab(['compare', ...args], { cwd: workspace.root });
const both = ['target=dbos', 'target=pg-boss', '--figures', 'throughput.tasksPerSecond,response.p99'];

describe('orchlab compare', () => {
  it('prints what comes out, each figure with its interval, and its picture', async () => {
    const { code, stdout, stderr } = await compare(...both, '--plot', 'intervals.svg');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('pg-boss beside dbos: slower in throughput (-10 %); equivalent within 3 % in response time p99.');
    expect(stdout).toMatch(/^throughput \(more is better\) +103 tasks\/s +92\.7 tasks\/s +-10 % +-10 to -10 % +slower$/m);
    expect(stdout).toContain('7 rounds, paired in the order in which they ran.');
    expect(readFileSync(join(workspace.root, 'intervals.svg'), 'utf8')).toContain('no change');
  });

  it('prints JSON and Markdown, of selections by name, beginning and number', async () => {
    const json = await compare('2026-11-23-dbos-0,2026-11-23-dbos-1', '2026-11-23-pg-boss*', '--b', 'latest', '--last', '2', '--json');
    expect(json.code, json.stderr).toBe(0);
    const { a, b, judged } = JSON.parse(json.stdout) as Comparison;
    expect(a.experiments).toEqual(['2026-11-23-dbos-0', '2026-11-23-dbos-1']);
    expect(b.experiments).toEqual(['2026-11-23-pg-boss-5', '2026-11-23-pg-boss-6']);
    expect(judged.map(({ answer }) => answer)).toContain('cannot tell');
    const { stdout } = await compare(...both, '--markdown');
    expect(stdout).toContain('**pg-boss beside dbos: slower in throughput (-10 %); equivalent within 3 % in response time p99.**');
    expect(stdout).toMatch(/^\| throughput \(more is better\) \| 103 tasks\/s \| 92\.7 tasks\/s \| -10 % \| -10 to -10 % \| slower \|$/m);
  });

  it('exits with 99 only where what --fail-if names is so', async () => {
    expect((await compare(...both, '--fail-if', 'worse')).code).toBe(99);
    expect((await compare('target=pg-boss', 'target=dbos', ...both.slice(2), '--fail-if', 'worse,cannot-tell')).code).toBe(0);
    expect((await compare(...both, '--last', '3', '--fail-if', 'cannot-tell')).code).toBe(99);
  });

  it.each([
    ['no experiments of B', ['target=dbos'], /expected experiments of A and of B, got none of B/],
    ['the same in both', ['target=dbos', 'target=dbos'], /expected each experiment in A or in B, got 2026-11-23-dbos-0 in both/],
    ['nothing that fits', ['target=dbos', 'target=none'], /experiments target=none: expected at least one that fits, got none/],
    [
      'an unknown filter',
      ['target=dbos', 'engine=dbos'],
      /expected one of config=, target=, version=, commit=, label=, or a key of the config, got "engine=dbos"/,
    ],
    ['a margin that is none', ['a', 'b', '--margin', '300%'], /expected a share such as 3% or 0\.03/],
    ['an unknown figure', [...both.slice(0, 2), '--figures', 'p99'], /figure: expected one of .*got "p99"/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await compare(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
