import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/config-error.ts';
import { createConfig } from '../../../src/config/load-config.ts';
import { findWorkspace } from '../../../src/config/workspace.ts';
import { findTarget } from '../../../src/targets/create-target.ts';
import { loadTargetFile } from '../../../src/targets/described/target-file.ts';
import { fill, fillValue } from '../../../src/targets/described/placeholders.ts';
import { MissingProgramError } from '../../../src/targets/missing-program-error.ts';

const directory = mkdtempSync(join(tmpdir(), 'orchlab-target-file-'));
afterAll(() => rmSync(directory, { recursive: true }));
const workspace = findWorkspace(import.meta.dirname);
const example = readFileSync(join(workspace.root, 'docs/examples/minimal.yaml'), 'utf8');

/** The problems of the example with one text replaced: `line key: expected ..., got ...`, lines being those of the changed text. */
async function problemsWith(from: string, to: string, name = 'changed'): Promise<string[]> {
  expect(example).toContain(from);
  const text = example.replace(from, to);
  const path = join(directory, 'changed.yaml');
  writeFileSync(path, text);
  const error = await loadTargetFile(path, name).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message.split('\n').map((line) => line.replace(/^.*changed\.yaml:/, ''));
}

/** The line, from 1, on which the example has a text. */
function lineOf(text: string): number {
  return example.slice(0, example.indexOf(text)).split('\n').length;
}

describe('a target file', () => {
  it.each([
    [
      'an unknown key',
      'ready:\n    log: looking',
      'raedy:\n    log: looking',
      /scheduler\.ready: expected a block of keys and values, got nothing/,
    ],
    [
      'a wrong type',
      "command: ['{{program.node}}', '{{target_directory}}/minimal-engine.mjs', '{{workflow}}']",
      'command: node engine.mjs',
      /scheduler\.command: expected a list, got "node engine\.mjs"/,
    ],
    [
      'a limit that no timer can keep',
      'log: looking for tasks',
      'log: looking for tasks\n    seconds: 2147484',
      /scheduler\.ready\.seconds: expected a number of at most 2147483, got 2147484/,
    ],
    ['a wrong state', 'ok: finished', 'ok: fine', /states\.ok: expected one of "pending", .*got "fine"/],
    [
      'a placeholder that is none',
      "TASK_SCRIPT: '{{script}}'",
      "TASK_SCRIPT: '{{scirpt}}'",
      /scheduler\.env\.TASK_SCRIPT: expected one of the placeholders .*script.*, got {{scirpt}}/,
    ],
    [
      'a secret among the arguments',
      "mjs', '{{workflow}}']",
      "mjs', '{{database_url}}']",
      /scheduler\.command\.2: expected {{database_url}} in env only/,
    ],
    [
      'a value in SQL',
      'WHERE workflow = $1\n  parameters',
      "WHERE workflow = '{{workflow}}'\n  parameters",
      /tasks\.sql: expected values as \$1, \$2 \.\.\. with `parameters`, got {{workflow}}/,
    ],
    ['SQL and a command', '  - sql: DELETE FROM task', '  - command: [true]\n    sql: DELETE FROM task', /clean\.0/],
    [
      'a bad regular expression',
      'log: looking for tasks',
      "log: 'looking ('",
      /scheduler\.ready\.log: expected a regular expression, got .*Unterminated group/,
    ],
    [
      'two ways to be ready',
      'log: looking for tasks',
      'log: looking\n    http: http://127.0.0.1',
      /scheduler\.ready: expected exactly one of log, http and sql/,
    ],
  ])('names file, line and reason of %s', async (_what, from, to, message) => {
    const problems = await problemsWith(from, to);
    expect(problems.join('\n')).toMatch(message);
    const wanted = problems.find((problem) => message.test(problem)) ?? '';
    const line = Number.parseInt(wanted, 10);
    expect(Math.abs(line - lineOf(from))).toBeLessThanOrEqual(9);
    expect(line).toBeGreaterThan(1);
  });

  it('names the very line of a wrong value', async () => {
    expect(await problemsWith('ok: finished', 'ok: fine')).toEqual([
      expect.stringMatching(new RegExp(`^${lineOf('ok: finished')} states\\.ok: `)),
    ]);
  });

  it('knows its ways of submitting', async () => {
    const file = await loadTargetFile(join(workspace.configs, 'targets/ork.yaml'), 'ork:command');
    expect(file).toMatchObject({ name: 'ork:command', submitPath: ['submit', 1] });
    expect(file.submit.command).toEqual(['{{program.ork}}', 'trigger', '{{workflow}}']);
    await expect(loadTargetFile(join(workspace.configs, 'targets/ork.yaml'), 'ork:fast')).rejects.toThrow(
      /expected one of the ways sql, command, got "fast"/,
    );
  });
});

describe('a described target and a config', () => {
  const config = (values: object): ReturnType<typeof createConfig> =>
    createConfig({
      workflows: 1,
      tasks_per_workflow: 1,
      duration: 0,
      target: join(workspace.root, 'docs/examples/minimal.yaml'),
      ...values,
    });

  it('refuses an executor that it does not have', async () => {
    await expect(findTarget(config({ executor: 'inline' }), workspace)).rejects.toThrow(/executor: expected process .*got inline/);
  });

  it('says where it looked for a program, and what to do', async () => {
    const before = process.env['ORK_BIN'];
    process.env['ORK_BIN'] = join(directory, 'nothing');
    try {
      const missing = findTarget(config({ target: 'ork' }), workspace);
      await expect(missing).rejects.toThrow(MissingProgramError);
      await expect(missing).rejects.toThrow(/target ork: ORK_BIN names .*nothing, which is no program that can be run\. Build it/);
    } finally {
      if (before === undefined) delete process.env['ORK_BIN'];
      else process.env['ORK_BIN'] = before;
    }
  });

  it('lists the known ones when there is none of that name', async () => {
    await expect(findTarget(config({ target: 'tempral' }), workspace)).rejects.toThrow(
      'target: expected one of dbos, pg-boss, graphile-worker, ork, procrastinate, got "tempral"',
    );
    await expect(findTarget(config({ target: 'constructor' }), workspace)).rejects.toThrow(ConfigError);
  });
});

describe('placeholders', () => {
  it('are replaced, once: what a value says is not looked at again', () => {
    expect(fill('{{a}}-{{ b }}', { a: '{{b}}', b: 2 })).toBe('{{b}}-2');
  });
  it('are JSON where asked for', () => {
    expect(fill('name: {{a | json}}', { a: 'it\'s "a": b' })).toBe('name: "it\'s \\"a\\": b"');
  });
  it('keep a number a number as a parameter', () => {
    expect(fillValue('{{n}}', { n: 5 })).toBe(5);
    expect(fillValue('x{{n}}', { n: 5 })).toBe('x5');
  });
});
