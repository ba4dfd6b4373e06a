import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/config-error.ts';
import { createConfig } from '../../../src/config/load-config.ts';
import { findWorkspace } from '../../../src/config/workspace.ts';
import { findTarget } from '../../../src/targets/registry.ts';
import { loadTargetFile } from '../../../src/targets/described/target-file.ts';
import { fill, fillJson, fillValue } from '../../../src/targets/described/placeholders.ts';
import { programHash } from '../../../src/targets/described/program-hash.ts';
import { MissingProgramError } from '../../../src/targets/target.ts';
import { makeTarget } from '../../support/make-target.ts';

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
    [
      'a ceiling of a setting that there is not',
      'states:',
      'ceilings: [{ name: polling, value: scheduler.batch / scheduler.poll_interval_secs }]\nstates:',
      /ceilings\.0\.value: expected one of the names duration, .*scheduler\.db_pool_size, places, or of the functions min, .*, got scheduler\.batch/,
    ],
    [
      'a ceiling that is no expression',
      'states:',
      'ceilings: [{ name: polling, value: scheduler.processes * }]\nstates:',
      /ceilings\.0\.value: expected an expression such as .*, got "scheduler\.processes \*" \(/,
    ],
    [
      'a ceiling that is code',
      'states:',
      'ceilings: [{ name: polling, value: "process.exit(1)" }]\nstates:',
      /ceilings\.0\.value: expected (an expression such as|one of the names)/,
    ],
    [
      "a ceiling with the name of orchlab's own",
      'states:',
      'ceilings: [{ name: places, value: "1" }]\nstates:',
      /ceilings\.0\.name: expected another name: orchlab works that one out itself, got "places"/,
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
    [
      'SQL and a command',
      '  - sql: DELETE FROM task',
      "  - command: ['true']\n    sql: DELETE FROM task",
      /clean\.0: expected exactly one of sql, command and http/,
    ],
    [
      'a password among the files',
      "  cwd: '{{scripts}}'",
      "  cwd: '{{scripts}}'\n  files: { conf: 'password={{database.password}} user={{database.user}}' }",
      /scheduler\.files\.conf: expected {{database\.password}} in env only/,
    ],
    [
      'a variable of the environment that is no header',
      "POLL_SECONDS: '{{scheduler",
      "TOKEN: '{{env.TOKEN}}'\n    POLL_SECONDS: '{{scheduler",
      /scheduler\.env\.TOKEN: expected a variable of the environment in http\.headers only/,
    ],
    [
      'places that are no number',
      'count: 1, by: the loop of minimal-engine.mjs',
      "count: '{{scheduler.processes}} + 2', by: the loop",
      /places\.count: expected a number, a placeholder, or a product of them/,
    ],
    [
      'places that are neither',
      'places: { count: 1, by: the loop of minimal-engine.mjs }',
      'places: many',
      /places: expected 'unbounded', 'unknown', or { count, by, per }, got "many"/,
    ],
    ['a moment that is none', 'moment: recorded', 'moment: done', /times\.finished\.moment: expected one of "submitted", .*got "done"/],
    [
      'a role that orchlab uses',
      '# A process for each',
      "roles: { driver: 'x' }\n# A process for each",
      /roles\.driver: expected another name than driver, sampler, postgres, own-backends, which orchlab uses itself, got driver/,
    ],
    [
      'two processes of one name',
      '# A process for each',
      'processes: [{ name: api, command: [a] }, { name: api, command: [b] }]\n# A process for each',
      /processes\.1\.name: expected a name of its own, got "api"/,
    ],
    [
      'a bad regular expression',
      'log: looking for tasks',
      "log: 'looking ('",
      /scheduler\.ready\.log: expected a regular expression that RE2 knows: .*got "looking \(" \(error parsing regexp: missing closing/,
    ],
    [
      'a regular expression that could take for ever',
      'log: looking for tasks',
      "log: '(?=looking)l'",
      /scheduler\.ready\.log: expected a regular expression that RE2 knows: without look-around .*got "\(\?=looking\)l"/,
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

it('a step that may take longer gets its time', async () => {
  const path = join(directory, 'slow.yaml');
  writeFileSync(
    path,
    example
      .replace('prepare:\n', "prepare:\n  - command: [sleep, '500']\n    seconds: 600\n")
      .replace('tasks\n\n', 'tasks\n    seconds: 300\n\n'),
  );
  const config = createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 0, target: path });
  await using target = await makeTarget(config, workspace, 'postgres://nobody@127.0.0.1:1/none', directory);
  // 600 and the 60 of the other step, and a margin for looking at the queries.
  expect(target.limits).toEqual({ prepareSeconds: 690, startSeconds: 330, cleanSeconds: 60 });
});

it('a built program, or a changed description, has another hash', async () => {
  const program = join(directory, 'engine');
  const description = join(directory, 'hashed.yaml');
  writeFileSync(description, example);
  const hash = async (): Promise<string> => programHash(await loadTargetFile(description, 'hashed'), { 'program.engine': program });
  writeFileSync(program, 'built once');
  const first = await hash();
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(await hash()).toBe(first);
  writeFileSync(program, 'built anew');
  const second = await hash();
  writeFileSync(join(directory, 'minimal-engine.mjs'), 'a script beside the description');
  const third = await hash();
  writeFileSync(description, `${example}\n# changed`);
  expect(new Set([first, second, third, await hash()]).size).toBe(4);
});

describe('placeholders', () => {
  it('are replaced, once: what a value says is not looked at again', () => {
    expect(fill('{{a}}-{{ b }}', { a: '{{b}}', b: 2 })).toBe('{{b}}-2');
  });
  it('are JSON where asked for', () => {
    expect(fill('name: {{a | json}}', { a: 'it\'s "a": b' })).toBe('name: "it\'s \\"a\\": b"');
  });
  it('have another scheme where asked for', () => {
    expect(fill('{{u | scheme postgresql+psycopg2}}', { u: 'postgres://a:b@h:1/d?x=y' })).toBe('postgresql+psycopg2://a:b@h:1/d?x=y');
  });
  it('are replaced everywhere in a JSON value', () => {
    expect(fillJson({ a: ['{{n}}', 'x{{n}}', 7, null], b: { c: true } }, { n: 5 })).toEqual({ a: [5, 'x5', 7, null], b: { c: true } });
  });
  it('keep a number a number as a parameter', () => {
    expect(fillValue('{{n}}', { n: 5 })).toBe(5);
    expect(fillValue('x{{n}}', { n: 5 })).toBe('x5');
  });
});
