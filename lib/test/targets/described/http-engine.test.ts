/** A described engine with an API server of its own: processes, roles, http, the parts of the database, state outside of it. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findWorkspace } from '../../../src/config/workspace.ts';
import type { CheckStep } from '../../../src/experiment/target-trial.ts';
import type { Manifest } from '../../../src/results/manifest.ts';
import { orchlab, processesOf } from '../../support/orchlab-command.ts';
import { usePrivateServer } from '../../support/private-server.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../../support/temporary-workspace.ts';

const { root } = findWorkspace(import.meta.dirname);
const engine = join(root, 'lib/test/targets/fixtures/http-engine.mjs');
const postgres = usePrivateServer();
const environment = (): Readonly<Record<string, string>> => ({ ENGINE_TOKEN: 'secret-token', DATABASE_URL: postgres.server.url });
let workspace: TemporaryWorkspace;

beforeAll(() => {
  workspace = temporaryWorkspace();
  mkdirSync(join(workspace.configs, 'targets'));
});
afterAll(() => workspace[Symbol.dispose]());

const submit = `
  http:
    url: http://127.0.0.1:{{process.api.port}}/runs
    headers: { authorization: 'Bearer {{env.ENGINE_TOKEN}}' }
    body: { workflow: '{{workflow}}', run: '{{run_id}}', tasks: '{{task_count}}' }
    status: [201]
  run_id: data.ids.0
`;
const clean = `
  - sql: DELETE FROM task WHERE workflow = $1
    parameters: ['{{workflow}}']
  - command: [sh, -c, 'echo cleaned {{duration_ms}} >> {{workspace}}/cleaned.txt']
`;

const apiVariables = `
      SQL_ALCHEMY_CONN: '{{database_url | scheme postgresql+psycopg2}}'
      DB_HOST: '{{database.host}}'
      DB_PORT: '{{database.port}}'
      DB_NAME: '{{database.name}}'
      DB_USER: '{{database.user}}'
      PASSWORD: '{{database.password}}'
      HOME_DIRECTORY: '{{temporary_directory}}'
`.trimStart();
const apiProcess = `processes:
  - name: api
    role: api-server
    command: ['{{program.node}}', '${engine}', api, '{{port}}']
    env:
      ${apiVariables}    ready: { http: 'http://127.0.0.1:{{port}}' }
`;

function describeEngine(name: string, replacements: Readonly<Record<string, string>> = {}): void {
  let text = readFileSync(join(root, 'docs/examples/minimal.yaml'), 'utf8')
    .replace(/\nsubmit:\n[^]*?\n\n/, `\nsubmit:${submit}\n`)
    .replace(/\nclean:\n[^]*$/, `\nclean:${clean}`)
    .replace('{{target_directory}}/minimal-engine.mjs', join(root, 'docs/examples/minimal-engine.mjs'))
    .replace(
      '\nscheduler:\n',
      `
roles: { helper: 'sleep 98765' }
${apiProcess}scheduler:
`,
    );
  for (const [from, to] of Object.entries(replacements)) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  writeFileSync(join(workspace.configs, 'targets', `${name}.yaml`), text);
}

async function problemsOf(name: string): Promise<string> {
  const { stdout, stderr } = await orchlab(['target', 'check', name, '--json'], { cwd: workspace.root, env: environment() });
  expect(stdout, stderr).toMatch(/^\[/);
  return (JSON.parse(stdout) as CheckStep[]).flatMap(({ step, problems }) => problems.map((problem) => `${step}: ${problem}`)).join('\n');
}

it('is measured with all its processes, and leaves nothing', async () => {
  describeEngine('api-engine');
  expect(await problemsOf('api-engine')).toBe('');
  const cleaned = join(workspace.root, 'cleaned.txt');
  const before = readFileSync(cleaned, 'utf8').split('\n').length;
  const { code, stdout, stderr } = await orchlab(
    ['run', '--runs', '3', '--tasks', '2', '--duration', '0.025', '--target', 'api-engine', '-s', 'scheduler.db_pool_size=3', '--json'],
    { cwd: workspace.root, env: environment() },
  );
  expect(code, stderr).toBe(0);
  const { directory } = JSON.parse(stdout) as { directory: string };
  expect(JSON.parse(stdout)).toMatchObject({ tasks: { submitted: 6, finished: 6, lost: 0, duplicates: 0, ghosts: 0 } });
  const { target, warnings } = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;
  expect(target).toMatchObject({
    places: { kind: 'bounded', count: 1, by: 'the loop of minimal-engine.mjs 1' },
    times: {
      created: { clock: 'database', moment: 'submitted', source: 'task.created_at' },
      dispatched: { clock: 'database', moment: 'unknown', source: '' },
      started: { moment: 'claimed' },
      finished: { moment: 'recorded' },
    },
    roles: ['helper', 'api-server'],
    options: { submit: 'http' },
  });
  expect(target.programHash).toMatch(/^[0-9a-f]{64}$/);
  // It doesn't use five options; the config sets one of them.
  expect(warnings.filter((warning) => warning.includes('does not apply'))).toEqual([
    "api-engine: scheduler.db_pool_size does not apply: the target's description does not use it.",
  ]);
  expect(readFileSync(cleaned, 'utf8').split('\n')).toHaveLength(before + 1);
  expect(readFileSync(cleaned, 'utf8')).toMatch(/cleaned 25\n$/);
  // Its log is there, without the password that it printed; its directory is gone.
  expect(readFileSync(join(directory, 'process-api.log'), 'utf8')).toBe('listens as ***\n');
  expect(readdirSync(join(workspace.root, 'tmp')).filter((name) => name.startsWith('orchlab-'))).toEqual([]);
  expect(processesOf(workspace.root)).toEqual([]);
});

it('is submitted to at the port of its first scheduler', async () => {
  describeEngine('one-process', {
    [apiProcess]: '',
    'process.api.port': 'port',
    "command: ['{{program.node}}',": `command: [sh, -c, '"$0" "${engine}" api {{port}} & exec "$0" "$@"', '{{program.node}}',`,
    '  env:\n': `  env:\n      ${apiVariables}`.replaceAll(/^ {6}/gm, '    '),
    'log: looking for tasks': 'log: listens as',
  });
  expect(await problemsOf('one-process')).toBe('');
});

it.each([
  [
    'a status that is not expected, without the token',
    { 'Bearer {{env': 'Bearer x{{env' },
    /submit a run of 3 tasks: .*broken\.yaml:\d+ submit: POST http:\/\/127\.0\.0\.1:\d+\/runs: expected the status 201, got 401: not with Bearer x\*\*\*/,
  ],
  [
    'nobody who listens',
    { 'process.api.port}}/runs': 'process.api.port}}1/runs' },
    /submit: POST http.*(ECONNREFUSED|Invalid URL|bad port)/,
  ],
  ['no id at the path', { 'data.ids.0': '/data/ids/7' }, /submit\.run_id: expected the run's id at \/data\/ids\/7, got {"data":{"ids":/],
  ['a variable that is not set', { 'env.ENGINE_TOKEN': 'env.NO_TOKEN' }, /the environment variable NO_TOKEN is not set/],
  ['a process that ends', { [engine]: '/none.mjs' }, /start the scheduler: process api ended with exit code 1 before it was ready/],
])('says in words what is wrong: %s', async (_what, replacements, message) => {
  describeEngine('broken', replacements);
  expect(await problemsOf('broken')).toMatch(message);
});
