import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/validate-config.ts';
import { targetJsonSchema } from '../../src/targets/described/target-schema.ts';
import { createConfig, listConfigs, loadConfig } from '../../src/config/load-config.ts';
import { taskTotal } from '../../src/config/perf-config.ts';
import { setOptionsOf } from '../../src/config/set-options.ts';
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
    expect(await listConfigs()).toEqual([
      'chaos',
      'cost',
      'delayed',
      'heavy',
      'kill-scheduler',
      'latency',
      'memory',
      'mixed',
      'periodic',
      'quick',
      'standard',
    ]);
    const shape = async (name: string): Promise<readonly unknown[]> => {
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

  const loads = 'tasks_per_workflow: 1\nduration: 0\n';

  it.each([
    ['burst', 'workflows: 5', 5],
    ['{ constant: 50 }', 'load_seconds: 2.5', 125],
    ['{ poisson: 50 }', 'workflows: 10', 10],
    ['{ poisson: 50, seed: 9 }', 'load_seconds: 10', Number.NaN],
    ['{ ramp: [0, 50] }', 'load_seconds: 10', 250],
    ['{ steps: [{ rate: 10, seconds: 5 }, { rate: 0, seconds: 1 }, { rate: 20, seconds: 5 }] }', 'warm_up_seconds: 2', 150],
    ['{ closed: 32 }', 'load_seconds: 10', Number.NaN],
    ['{ closed: 32 }', 'workflows: 10', 10],
  ])('takes the arrival %s with %s', async (arrival, size, tasks) => {
    expect(taskTotal(await loadConfig(file(`${loads}arrival: ${arrival}\n${size}\n`)))).toBe(tasks);
  });

  it('gives random arrivals a seed when they have none', async () => {
    expect((await loadConfig(file(`${loads}arrival: { poisson: 50 }\nworkflows: 1\n`))).arrival).toEqual({ poisson: 50, seed: 1 });
  });

  const kinds =
    'burst, { constant: runs per second }, { poisson: runs per second, seed: number }, { ramp: [from, to] }, { steps: [{ rate, seconds }, ...] } or { closed: runs in flight }';

  it.each([
    ['workflows: 1000000000', 'x.yaml:3 workflows: expected a number of at most 20000000, got 1000000000'],
    [
      'workflows: 1000\ntasks_per_workflow: 1000000',
      'tasks_per_workflow: expected at most 100000000 tasks in all, got "1000000 in each of 1000 runs"',
    ],
    ['load_seconds: 10\narrival: { constant: 1.0e+300 }', 'arrival.constant: expected a number of at most 1000000, got 1e+300'],
    ['load_seconds: 200\narrival: { poisson: 900000 }', 'arrival: expected a load of at most 20000000 runs, got "about 180000000 runs"'],
    ['workflows: 1\nscheduler: { processes: 100000 }', 'scheduler.processes: expected a number of at most 64, got 100000'],
    ['load_seconds: 1\narrival: { closed: 1000000000 }', 'arrival.closed: expected a number of at most 20000000, got 1000000000'],
  ])('refuses an absurd size with its bound: %s', async (text, message) => {
    const own = text.includes('tasks_per_workflow') ? loads.replace(/tasks_per_workflow: .*\n/, '') : loads;
    await expect(loadConfig(file(`${own}${text}\n`))).rejects.toThrow(message);
  });

  it.each([
    ['arrival:\n  constant: fast', ['x.yaml:5 arrival.constant: expected a number, got "fast"']],
    ['arrival: { constant: 0 }', ['x.yaml:4 arrival.constant: expected a number above 0, got 0']],
    ['arrival: { constant: 5, seed: 1 }', ['x.yaml:4 arrival.seed: expected one of the keys constant, got the unknown key "seed"']],
    ['arrival: { poisson: 5, sed: 1 }', ['x.yaml:4 arrival.sed: expected one of the keys poisson, seed, got the unknown key "sed"']],
    ['arrival: { ramp: [1] }', ['x.yaml:4 arrival.ramp: expected a list of at least 2 values, got [1]']],
    ['arrival: { ramp: [1, 2, 3] }', ['x.yaml:4 arrival.ramp: expected a list of at most 2 values, got [1,2,3]']],
    ['arrival: { ramp: 5 }', ['x.yaml:4 arrival.ramp: expected a list, got 5']],
    ['arrival: { ramp: [0, 0] }', ['x.yaml:4 arrival.ramp: expected a rate above 0 at one end at least, got [0,0]']],
    ['arrival: { ramp: [1, x] }', ['x.yaml:4 arrival.ramp.1: expected a number, got "x"']],
    ['arrival: { closed: 2.5 }', ['x.yaml:4 arrival.closed: expected a whole number, got 2.5']],
    ['arrival: slow', [`x.yaml:4 arrival: expected ${kinds}, got "slow"`]],
    ['arrival: 50', [`x.yaml:4 arrival: expected ${kinds}, got 50`]],
    ['arrival: { speed: 50 }', [`x.yaml:4 arrival: expected ${kinds}, got {"speed":50}`]],
    ['arrival: { constant: 1, poisson: 2 }', [`x.yaml:4 arrival: expected ${kinds}, got {"constant":1,"poisson":2}`]],
    [
      'load_seconds: 5',
      [
        'x.yaml:4 load_seconds: expected workflows in its place, or another arrival, for instance { closed: 20 }: a burst has no length, got 5',
      ],
      true,
    ],
    ['arrival: { constant: 5 }\nload_seconds: 5', ['x.yaml:5 load_seconds: expected either workflows or load_seconds, not both, got 5']],
    ['arrival: { constant: 5 }', ['x.yaml:1 workflows: expected a number of runs, or load_seconds in its place, got nothing'], true],
    [
      'arrival: { constant: 5 }\nload_seconds: 400\ntimeout: 6m',
      ['x.yaml:6 timeout: expected a number above 400, the seconds that the load lasts, got 360'],
      true,
    ],
    [
      'arrival: { constant: 5 }\nload_seconds: 4\nwarm_up_seconds: 4',
      ['x.yaml:6 warm_up_seconds: expected a number below 4, the seconds that the load lasts, got 4'],
      true,
    ],
    ['warm_up_seconds: 4', ['x.yaml:4 warm_up_seconds: expected nothing here, or another arrival: a burst has no first seconds, got 4']],
    [
      'arrival: { closed: 5 }\nmax_in_flight: 4',
      ['x.yaml:5 max_in_flight: expected nothing here: arrival.closed says how many runs are in flight, got 4'],
    ],
    [
      'arrival: { closed: 5 }\nbacklog: 4\nidle: 10',
      [
        'x.yaml:5 backlog: expected nothing here: what ends of it would be taken for runs in flight that ended, got 4',
        'x.yaml:6 idle: expected nothing here: with a backlog the schedulers are not idle, got 10',
      ],
    ],
    [
      'arrival:\n  steps:\n    - { rate: 5, seconds: 1 }\n    - rate: x\n      second: 5',
      [
        'x.yaml:7 arrival.steps.1.rate: expected a number, got "x"',
        'x.yaml:7 arrival.steps.1.seconds: expected seconds, or a duration such as 90s, 45m, 6h or 1h30m, got nothing',
        'x.yaml:8 arrival.steps.1.second: expected one of the keys rate, seconds, got the unknown key "second"',
      ],
    ],
    ['timeout: 6 hours', ['x.yaml:4 timeout: expected seconds, or a duration such as 90s, 45m, 6h or 1h30m, got "6 hours"']],
    ['timeout: 30d', ['x.yaml:4 timeout: expected a number of at most 2147483, got 2592000']],
    ['timeout: true', ['x.yaml:4 timeout: expected seconds, or a duration such as 90s, 45m, 6h or 1h30m, got true']],
    // A timer of Node that is to wait longer than 2^31 - 1 ms fires at once.
    ['timeout: 2147484', ['x.yaml:4 timeout: expected a number of at most 2147483, got 2147484']],
    [
      'scheduler: { poll_interval_secs: 1e9 }',
      ['x.yaml:4 scheduler.poll_interval_secs: expected a number of at most 2147483, got 1000000000'],
    ],
    [
      'arrival: { steps: [{ rate: 1, seconds: 2147484 }] }',
      [
        'x.yaml:1 timeout: expected a number above 2147484, the seconds that the load lasts, got nothing',
        'x.yaml:4 arrival.steps.0.seconds: expected a number of at most 2147483, got 2147484',
      ],
      true,
    ],
    ['arrival: { steps: [] }', ['x.yaml:4 arrival.steps: expected a list of at least 1 value, got []'], true],
    [
      'arrival: { steps: [{ rate: 0, seconds: 1 }] }',
      ['x.yaml:4 arrival.steps: expected a rate above 0 in one step at least, got [{"rate":0,"seconds":1}]'],
      true,
    ],
    [
      'arrival: { steps: [{ rate: 1, seconds: 1 }] }',
      ['x.yaml:3 workflows: expected nothing here: arrival.steps say how long the load is, got 1'],
    ],
  ] as [string, string[], boolean?][])('says what is wrong with %j', async (text, problems, isWithoutRuns = false) => {
    const size = isWithoutRuns ? '# no workflows' : 'workflows: 1';
    expect(await problemsOf(`tasks_per_workflow: 1\nduration: 0\n${size}\n${text}\n`)).toEqual(problems);
  });

  it("takes the size of the load from the overrides in place of the file's", async () => {
    const timed = await loadConfig('quick', { overrides: { arrival: { constant: 5 }, load_seconds: 2 } });
    expect([timed.workflows, timed.load_seconds, taskTotal(timed)]).toEqual([undefined, 2, 50]);
    const stepped = await loadConfig('quick', { overrides: { arrival: { steps: [{ rate: 3, seconds: 2 }] } } });
    expect(taskTotal(stepped)).toBe(30);
    const path = file(`${loads}arrival: { constant: 5 }\nload_seconds: 5\n`);
    expect(taskTotal(await loadConfig(path, { overrides: { workflows: 7 } }))).toBe(7);
  });

  it.each([
    ['a missing key', 'workflows: 10\nduration: 1\n', ['x.yaml:1 tasks_per_workflow: expected a number, got nothing']],
    ['an empty file', '', ['x.yaml:1: expected a block of keys and values, got null']],
    ['a list', '- 1\n', ['x.yaml:1: expected a block of keys and values, got [1]']],
    ['no YAML', 'workflows: 1\nduration: "x\n', ['x.yaml:3: expected YAML, got Missing closing "quote at line 3, column 1:']],
    [
      'an alias of what it stands in',
      'workflows: 1\ntasks_per_workflow: 1\nduration: 1\nscheduler: &it\n  processes: *it\n',
      ['x.yaml:5 scheduler.processes: expected a value that ends, got one that contains itself (an alias of what it stands in)'],
    ],
    [
      'infinity',
      'workflows: .inf\ntasks_per_workflow: 1\nduration: 1\n',
      ['x.yaml:1 workflows: expected a number of runs, or a list of workflows, got Infinity'],
    ],
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
      /^quik: expected one of the configs chaos, cost, delayed, heavy, kill-scheduler, latency, memory, mixed, periodic, quick, standard of .*, or a path, got no such file$/,
    );
    await expect(loadConfig('./quik.yaml')).rejects.toThrow('./quik.yaml: expected a config file, got no such file');
  });
});

it('knows which options a config sets itself, without telling configs apart by it', () => {
  const values = { workflows: 1, tasks_per_workflow: 2, duration: 0 };
  const plain = createConfig(values);
  const spelled = createConfig({ ...values, scheduler: { db_pool_size: 10, poll_interval_secs: 1 } });
  expect(setOptionsOf(plain)).toEqual([]);
  expect(setOptionsOf(spelled)).toEqual(['db_pool_size', 'poll_interval_secs']);
  expect(createConfig({ ...values, scheduler: { db_pool_size: 10 } })).toEqual(plain);
  // A copy, as a script makes one: what is not the default was set.
  expect(setOptionsOf({ ...spelled, target: 'pg-boss' })).toEqual(['poll_interval_secs']);
});

it('createConfig validates plain values', () => {
  expect(createConfig({ workflows: 1, tasks_per_workflow: 2, duration: 0 }).name).toBe('custom');
  expect(() => createConfig({ workflows: 1, tasks_per_workflow: 2, duration: -1 }, 'mine')).toThrow(
    'config mine duration: expected a number of at least 0, got -1',
  );
});

it('says of every key of a target file what it is, in the schema and in the docs', () => {
  interface Schema {
    readonly description?: string;
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly items?: Schema;
    readonly additionalProperties?: Schema | false;
    readonly anyOf?: readonly Schema[];
  }
  const keysOf = (schema: Schema): readonly (readonly [string, Schema])[] => [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, part]) => [[key, part] as const, ...keysOf(part)]),
    ...[schema.items, schema.additionalProperties || undefined, ...(schema.anyOf ?? [])].flatMap((part) => (part ? keysOf(part) : [])),
  ];
  const keys = keysOf(targetJsonSchema());
  expect(keys.filter(([, { description }]) => description === undefined).map(([key]) => key)).toEqual([]);
  const docs = readFileSync(join(findWorkspace().root, 'docs/targets.md'), 'utf8');
  expect([...new Set(keys.map(([key]) => key))].filter((key) => !new RegExp(`\\b${key}\\b`).test(docs))).toEqual([]);
});

it.each([
  ['perf-config.schema.json', configJsonSchema()],
  ['targets/target.schema.json', targetJsonSchema()],
])('the JSON Schema %s for editors is up to date (npm run schema writes it)', (name, schema) => {
  const written: unknown = JSON.parse(readFileSync(join(findWorkspace().configs, name), 'utf8'));
  expect(written).toEqual(schema);
});
