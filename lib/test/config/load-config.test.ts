import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/config-schema.ts';
import { createConfig, listConfigs, loadConfig } from '../../src/config/load-config.ts';
import { taskTotal } from '../../src/config/perf-config.ts';
import { findWorkspace } from '../../src/config/workspace.ts';

const directory = mkdtempSync(join(tmpdir(), 'orchlab-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(text: string): string {
  const path = join(directory, 'x.yaml');
  writeFileSync(path, text);
  return path;
}

async function problemsOf(text: string): Promise<string[]> {
  const path = file(text);
  const error = await loadConfig(path).catch((reason: unknown) => reason as Error);
  return error instanceof Error ? error.message.replaceAll(path, 'x.yaml').split('\n') : [];
}

describe('loadConfig', () => {
  it('has the five configs with the numbers of the wish list', async () => {
    expect(await listConfigs()).toEqual(['heavy', 'latency', 'memory', 'quick', 'standard']);
    const shape = async (name: string): Promise<readonly number[]> => {
      const { workflows, tasks_per_workflow, duration, scheduler } = await loadConfig(name);
      const { poll_interval_secs, max_tasks_per_batch, max_concurrent_dispatches, max_concurrent_status_checks } = scheduler;
      return [
        workflows,
        tasks_per_workflow,
        duration,
        poll_interval_secs,
        max_tasks_per_batch,
        max_concurrent_dispatches,
        max_concurrent_status_checks,
      ];
    };
    expect(await shape('quick')).toEqual([10, 5, 0.1, 1, 50, 20, 50]);
    expect(await shape('standard')).toEqual([100, 5, 0.1, 2, 100, 50, 100]);
    expect(await shape('heavy')).toEqual([1000, 10, 0.05, 0.1, 5000, 500, 1000]);
    expect(await shape('latency')).toEqual([50, 5, 0.01, 1, 100, 50, 100]);
    expect(await shape('memory')).toEqual([100, 20, 2, 1, 200, 100, 100]);
  });

  it('takes a file with nothing but workflows, tasks_per_workflow and duration', async () => {
    const config = await loadConfig(file('workflows: 200\ntasks_per_workflow: 8\nduration: 0.25\n'));
    expect(config).toMatchObject({
      name: 'x',
      target: 'dbos',
      executor: 'process',
      arrival: 'burst',
      scheduler: { processes: 1, db_pool_size: 10 },
    });
    expect(taskTotal(config)).toBe(1600);
  });

  it('merges overrides over the file, the scheduler block key by key', async () => {
    const config = await loadConfig('quick', { overrides: { workflows: 3, scheduler: { db_pool_size: 4 } } });
    expect(config.workflows).toBe(3);
    expect(config.tasks_per_workflow).toBe(5);
    expect(config.scheduler).toMatchObject({ db_pool_size: 4, poll_interval_secs: 1 });
  });

  it('names file, line, key, expected and got of every problem, in order of the lines', async () => {
    expect(
      await problemsOf(
        'workflows: 0\ntasks_per_workflow: five\nduration: -1\nscheduler:\n  db_pool_size: 2.5\n  poll: 3\nexecutor: fork\n',
      ),
    ).toEqual([
      'x.yaml:1 workflows: expected a number of at least 1, got 0',
      'x.yaml:2 tasks_per_workflow: expected a number, got "five"',
      'x.yaml:3 duration: expected a number of at least 0, got -1',
      'x.yaml:5 scheduler.db_pool_size: expected a whole number, got 2.5',
      'x.yaml:6 scheduler.poll: expected one of the keys processes, poll_interval_secs, max_tasks_per_batch, max_concurrent_dispatches, max_concurrent_status_checks, db_pool_size, got the unknown key "poll"',
      'x.yaml:7 executor: expected one of "process", "inline", got "fork"',
    ]);
  });

  it.each([
    ['a missing key', 'workflows: 10\nduration: 1\n', ['x.yaml:1 tasks_per_workflow: expected a number, got nothing']],
    ['an empty file', '', ['x.yaml:1: expected a block of keys and values, got null']],
    ['a list', '- 1\n', ['x.yaml:1: expected a block of keys and values, got [1]']],
    ['no YAML', 'workflows: 1\nduration: "x\n', ['x.yaml:3: expected YAML, got Missing closing "quote at line 3, column 1:']],
    ['infinity', 'workflows: .inf\ntasks_per_workflow: 1\nduration: 1\n', ['x.yaml:1 workflows: expected a number, got Infinity']],
  ])('says what is wrong with %s', async (_name, text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  it('says that a wrong value came from the options, not from the file', async () => {
    await expect(loadConfig('quick', { overrides: { workflows: 0 } })).rejects.toThrow(
      'options workflows: expected a number of at least 1, got 0',
    );
  });

  it('names the configs there are when one is not found', async () => {
    await expect(loadConfig('quik')).rejects.toThrow(
      /^quik: expected one of the configs heavy, latency, memory, quick, standard of .*, or a path, got no such file$/,
    );
    await expect(loadConfig('./quik.yaml')).rejects.toThrow('./quik.yaml: expected a config file, got no such file');
  });
});

it('createConfig validates plain values', () => {
  expect(createConfig({ workflows: 1, tasks_per_workflow: 2, duration: 0 }).name).toBe('custom');
  expect(() => createConfig({ workflows: 1, tasks_per_workflow: 2, duration: -1 }, 'mine')).toThrow(
    'config mine duration: expected a number of at least 0, got -1',
  );
});

it('the JSON Schema for editors is up to date (npm run schema writes it)', () => {
  const written: unknown = JSON.parse(readFileSync(join(findWorkspace().configs, 'perf-config.schema.json'), 'utf8'));
  expect(written).toEqual(configJsonSchema());
});
