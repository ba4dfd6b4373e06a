import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

it('what there is no file of has nothing to be shown', async () => {
  const { code, stderr } = await orchlab(['target', 'show', 'nothing'], { cwd: workspace.current.root });
  expect(code).toBe(2);
  expect(stderr).toContain('expected a target file, or the name of one in perf-configs/targets, got nothing');
});
