import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ConfigError } from '../../src/config/config-error.ts';
import { createConfig, loadConfig } from '../../src/config/load-config.ts';
import { perfConfigKeys, schedulerSchema } from '../../src/config/perf-config.ts';
import { loadTargetFile } from '../../src/targets/described/target-file.ts';
import { targetSchema } from '../../src/targets/described/target-schema.ts';
import { findTarget } from '../../src/targets/registry.ts';
import { MissingProgramError } from '../../src/targets/target.ts';
import { taskSpec } from '../../src/targets/task-spec.ts';
import { hostileNumber, hostileText, hostileValue, propertyRuns } from '../support/hostile.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();
/** A message that somebody reads: some lines, none of them a screen long but where a path of theirs is. */
const longestMessage = 40_000;

/** What came of it, if that was a value or one clear error; throws what else it was. */
async function outcomeOf<T>(work: () => T | Promise<T>): Promise<T | Error> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof MissingProgramError)) throw error;
    expect(error.message).toMatch(/\S/);
    expect(error.message.length).toBeLessThan(longestMessage);
    return error;
  }
}

function write(text: string | Buffer): string {
  const path = join(workspace.current.configs, 'x.yaml');
  writeFileSync(path, text);
  return path;
}

const base = { workflows: 2, tasks_per_workflow: 1, duration: 0 };
const valueAt = fc.oneof(hostileText, hostileNumber, hostileValue);
const anyOfKey: Readonly<Record<string, fc.Arbitrary<unknown>>> = Object.fromEntries([
  ...Object.keys(perfConfigKeys.shape).map((key) => [key, valueAt]),
  [
    'scheduler',
    fc.oneof(valueAt, fc.record(Object.fromEntries(Object.keys(schedulerSchema.shape).map((key) => [key, valueAt])), { requiredKeys: [] })),
  ],
  [
    'arrival',
    fc.oneof(
      valueAt,
      fc.record({ steps: fc.array(fc.record({ rate: hostileNumber, seconds: valueAt })) }),
      fc.record({ poisson: hostileNumber, seed: valueAt }),
      fc.record({ ramp: fc.tuple(hostileNumber, hostileNumber) }),
    ),
  ],
  [
    'thresholds',
    fc.oneof(
      valueAt,
      fc.array(
        fc.oneof(
          hostileText.map((text) => `response.p99 < ${text}`),
          fc.record({ threshold: hostileText, abort: valueAt }),
        ),
      ),
    ),
  ],
  [
    'faults',
    fc.oneof(
      valueAt,
      fc.array(fc.record({ kill: valueAt, at: valueAt, every: valueAt, for: valueAt, times: valueAt }, { requiredKeys: [] })),
    ),
  ],
]);
/** A config of which one to three keys are anything: were all, none would get past the first check. */
const hostileConfig = fc
  .subarray(Object.keys(anyOfKey), { minLength: 1, maxLength: 3 })
  .chain((keys) => fc.record(Object.fromEntries(keys.map((key) => [key, anyOfKey[key] ?? fc.constant(null)]))));

describe('a config of anything', () => {
  it('is a config or a ConfigError, as a file and from a script', async () => {
    await fc.assert(
      fc.asyncProperty(hostileConfig, fc.array(fc.tuple(hostileText, hostileValue), { maxLength: 1 }), async (values, further) => {
        const all = { ...base, ...values, ...Object.fromEntries(further) };
        expect(await outcomeOf(() => createConfig(all as never))).toBeDefined();
        expect(await outcomeOf(async () => loadConfig(write(stringify(all, { aliasDuplicateObjects: false }))))).toBeDefined();
      }),
      propertyRuns(),
    );
  });

  it('with names that are paths, markup, SQL or escapes has no such target and no such script', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, hostileText, async (target, script) => {
        const config = await outcomeOf(() => createConfig({ ...base, target, script }, target));
        if (config instanceof Error) return;
        expect(await outcomeOf(async () => findTarget(config, workspace.current))).toBeInstanceOf(ConfigError);
        // `..` and `/etc/passwd` are there: a directory, and no file that can be executed.
        expect(await outcomeOf(() => taskSpec(config, workspace.current))).toBeInstanceOf(ConfigError);
      }),
      propertyRuns(),
    );
  });

  it.each([
    ['a name that is a path', '../../../../etc/passwd'],
    ['a NUL', 'a\0b'],
    ['a long name', 'x'.repeat(100_000)],
    ['a directory', '/tmp/'],
  ])('%s is no config', async (_, name) => {
    expect(await outcomeOf(async () => loadConfig(name, { configDirectory: workspace.current.configs }))).toBeInstanceOf(ConfigError);
  });

  it('from a device that never ends is too large', async () => {
    expect(await outcomeOf(async () => loadConfig('/dev/zero'))).toMatchObject({
      message: '/dev/zero: expected a file of at most 1000000 bytes, got a larger one',
    });
  });
});

const laughs = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`),
].join('\n');

describe('YAML', () => {
  it.each([
    ['a billion laughs', laughs, /Excessive alias count/],
    [
      'few aliases of a long text',
      `a: &a ${'x'.repeat(90_000)}\nb: [${Array(90).fill('*a').join(',')}]`,
      /characters, aliases written out/,
    ],
    ['a value in itself', 'target: &a [*a]', /contains itself|Unresolved alias/],
    ['values in each other', 'a: &a\n  b: &b\n    c: *a\n    d: *b', /contains itself|Unresolved alias/],
    ['100,000 lists in each other', '['.repeat(100_000), /expected YAML/],
    ['1,000 lists in each other', `target: ${'['.repeat(1000)}${']'.repeat(1000)}`, /levels of blocks|expected YAML/],
    ['70,000 unknown keys', Array.from({ length: 70_000 }, (_, index) => `k${index}: 1`).join('\n'), /and \d+ more$/],
    ['keys that are lists', '? [a, b]\n: 1\n? {c: d}\n: 2', /unknown key/],
    ['another version with merge keys', '%YAML 1.1\n---\nx: &x {workflows: 1}\n<<: *x\nduration: 2001-01-01\n', /expected/],
    ['a tag of a program', 'workflows: !!js/function "function(){}"', /expected/],
    ['a prototype', '__proto__: {workflows: 1, tasks_per_workflow: 1, duration: 0}', /unknown key|expected/],
    ['two documents', 'workflows: 1\n---\nworkflows: 2', /expected YAML/],
    ['a long value', `workflows: ${'9'.repeat(10_000)}x`, /expected a number of runs, or a list of workflows, got "9{499}…/],
  ])('with %s is refused with a reason', async (_, text, message) => {
    const outcome = await outcomeOf(async () => loadConfig(write(text)));
    expect(outcome).toBeInstanceOf(ConfigError);
    expect((outcome as Error).message).toMatch(message);
  });

  it('of any bytes is a config or a ConfigError', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'a: ',
        '&a ',
        '*a',
        '- ',
        '\n',
        '  ',
        '? ',
        ': ',
        '[',
        ']',
        '{',
        '}',
        '|\n',
        '>\n',
        '!!',
        '<<: ',
        '%YAML 1.1\n',
        '---\n',
        '"',
        '#',
        '\t',
      ),
      hostileText,
      fc.constantFrom(...Object.keys(perfConfigKeys.shape).map((key) => `${key}: `)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        expect(await outcomeOf(async () => loadConfig(write(pieces.join(''))))).toBeDefined();
      }),
      propertyRuns(100),
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await outcomeOf(async () => loadConfig(write(Buffer.from(bytes))))).toBeDefined();
      }),
      propertyRuns(),
    );
  });
});

it('a target file of anything is a description or a ConfigError', async () => {
  const sound = {
    description: 'x',
    scheduler: { command: ['true'], ready: { log: 'x' } },
    submit: { sql: 'select 1' },
    tasks: { sql: 'select 1' },
    states: {},
    clean: [{ sql: 'select 1' }],
  };
  const hostile = fc.record(Object.fromEntries(Object.keys(targetSchema.shape).map((key) => [key, valueAt])), { requiredKeys: [] });
  expect(await outcomeOf(async () => loadTargetFile(write(stringify(sound)), 'x'))).toMatchObject({ name: 'x' });
  await fc.assert(
    fc.asyncProperty(hostile, hostileText, async (values, text) => {
      const further = {
        description: text,
        roles: { role: text },
        submit: { command: [text], run_id: text },
        states: { [text]: 'finished' },
      };
      for (const file of [
        { ...sound, ...values },
        { ...sound, ...further },
      ])
        expect(await outcomeOf(async () => loadTargetFile(write(stringify(file, { aliasDuplicateObjects: false })), 'x'))).toBeDefined();
    }),
    propertyRuns(),
  );
});
