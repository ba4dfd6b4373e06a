import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { orchlab } from '../support/orchlab-command.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();
let file: string;
let touched: string;

/** Whatever of it is run leaves a file. Its program's check fails, so that a run ends before it needs a database. */
beforeEach(() => {
  touched = join(workspace.current.root, 'touched');
  file = join(workspace.current.root, 'stranger.yaml');
  writeFileSync(
    file,
    `description: "an engine\\e[2J\\nWITH a second line"
programs:
  sh: { variable: STRANGER_SH, check: [-c, 'touch ${touched}; exit 1'], hint: none }
version: { command: [sh, -c, 'touch ${touched}'] }
prepare: [{ command: [rm, -rf, "x\\n  clean    sql      harmless"], env: { FORCE: yes please } }]
scheduler: { command: ['{{program.sh}}'], files: { config: x }, ready: { sql: select true } }
submit: { http: { url: 'http://example.com/{{run_id}}', headers: { Authorization: 'Bearer {{env.API_TOKEN}}' } } }
tasks: { sql: select 1 }
states: { a: finished }
clean: [{ sql: drop table x }]
`,
  );
});

describe('a target of a stranger', () => {
  it('is shown with all that it may do, and none of it is done', async () => {
    const { code, stdout } = await orchlab(['target', 'show', file], { cwd: workspace.current.root });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      String.raw`${file}: an engine\x1b[2J\nWITH a second line`,
      '  programs.sh        program  sh of PATH',
      `  programs.sh.check  command  ["sh","-c","touch ${touched}; exit 1"]`,
      `  version            command  ["sh","-c","touch ${touched}"]`,
      String.raw`  prepare            command  ["rm","-rf","x\n  clean    sql      harmless"] with FORCE`,
      '  scheduler          file     config, beside the results',
      '  scheduler          command  ["{{program.sh}}"]',
      '  scheduler.ready    sql      select true',
      '  submit             http     POST http://example.com/{{run_id}} with the headers Authorization',
      '  tasks              sql      select 1',
      '  clean              sql      drop table x',
      "  Its commands run as you, with your environment and DATABASE_URL of the experiment's database; it names API_TOKEN, STRANGER_SH.",
    ]);
    expect(existsSync(touched)).toBe(false);
  });

  it.each([
    ['run', ['run', '--runs', '1', '--tasks', '1', '--duration', '0', '--target']],
    ['check', ['target', 'check']],
  ])('is said before %s does any of it', async (_, args) => {
    const { code, stderr } = await orchlab([...args, file], { cwd: workspace.current.root });
    expect(code).toBe(4);
    const said = stderr.indexOf("This target is not of this workspace's perf-configs.");
    expect(said).toBeGreaterThanOrEqual(0);
    expect(stderr.indexOf('programs.sh.check')).toBeGreaterThan(said);
    expect(stderr.indexOf('failed')).toBeGreaterThan(stderr.indexOf('it names API_TOKEN'));
    expect(existsSync(touched)).toBe(true);
  });
});

/** A script that uses orchlab as a library, and shows no progress. */
const script = (target: string): string => `
import { createConfig, resumeSeries, runExperiment } from ${JSON.stringify(fileURLToPath(new URL('../../dist/index.js', import.meta.url)))};
const what = process.argv[1] === 'resume'
  ? resumeSeries('of-a-stranger', { onProgress: false })
  : runExperiment(createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 0, target: ${JSON.stringify(target)} }), { onProgress: false });
await what.catch((error) => console.error('rejected: ' + error.message));
`;

it.each(['run', 'resume'])('a target of a stranger is said by the library, too, before any of it is done: %s', async (how) => {
  const { root, results } = workspace.current;
  const values = { workflows: 1, tasks_per_workflow: 1, duration: 0, target: file };
  const directory = join(results, 'of-a-stranger');
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, 'series.json'),
    JSON.stringify({
      formatVersion: 1,
      kind: 'sweep',
      name: 'of-a-stranger',
      config: 'theirs',
      status: 'interrupted',
      seed: 1,
      orchlab: '0.1.0',
      request: { config: { name: 'theirs', values }, vary: [['duration', [0, 0.1]]], repeat: 1 },
      runner: null,
      startedMs: 1,
      endedMs: 2,
      total: 2,
      steps: [],
    }),
  );
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script(file), how], { cwd: root });
  const said = stderr.split("This target is not of this workspace's perf-configs. What it does here, as you:");
  expect(said).toHaveLength(2);
  expect(said[0]).toBe('');
  expect(said[1]).toMatch(/ {2}programs\.sh\.check.*it names API_TOKEN.*rejected: .*failed/s);
  expect(existsSync(touched)).toBe(true);
});

it('listing targets runs nothing of their files, but with --check the programs, after saying how', async () => {
  const { root, configs } = workspace.current;
  mkdirSync(join(configs, 'targets'), { recursive: true });
  copyFileSync(file, join(configs, 'targets', 'stranger.yaml'));
  const listed = await orchlab(['targets'], { cwd: root });
  expect(listed.stdout).toMatch(/stranger .* not tried/);
  expect(listed.stderr).toContain('orchlab targets --check');
  expect(existsSync(touched)).toBe(false);
  const tried = await orchlab(['targets', '--check'], { cwd: root });
  expect(tried.stdout).toMatch(/stranger .* no\s/);
  expect(tried.stderr).toMatch(/this is run:\n(?: {2}.*\n)* {2}sh -c touch .*\n.*target stranger: .* failed/s);
  expect(existsSync(touched)).toBe(true);
});

it('what there is no file of has nothing to be shown', async () => {
  const { code, stderr } = await orchlab(['target', 'show', 'nothing'], { cwd: workspace.current.root });
  expect(code).toBe(2);
  expect(stderr).toContain('expected a target file, or the name of one in perf-configs/targets, got nothing');
});
