import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findWorkspace } from '../../../src/config/workspace.ts';
import type { CheckStep } from '../../../src/experiment/target-trial.ts';
import { openExperiment } from '../../../src/results/experiment.ts';
import { standInOrk } from '../contract/stand-in-ork.ts';
import { orchlab } from '../../support/orchlab-command.ts';
import { usePrivateServer } from '../../support/private-server.ts';
import { type TemporaryWorkspace, temporaryWorkspace } from '../../support/temporary-workspace.ts';

const examples = join(findWorkspace(import.meta.dirname).root, 'docs/examples');
const postgres = usePrivateServer();
let workspace: TemporaryWorkspace;
let targets: string;

beforeAll(() => {
  workspace = temporaryWorkspace();
  targets = join(workspace.configs, 'targets');
  mkdirSync(targets);
});
afterAll(() => workspace[Symbol.dispose]());

/** Puts the example of docs/targets.md into the workspace, with some text replaced. */
function describeTarget(name: string, replacements: Readonly<Record<string, string>> = {}): void {
  let text = readFileSync(join(examples, 'minimal.yaml'), 'utf8');
  for (const [from, to] of Object.entries(replacements)) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  writeFileSync(join(targets, `${name}.yaml`), text);
  // Beside the repository's node_modules, where it finds pg.
  writeFileSync(join(targets, 'minimal-engine.mjs'), `await import(${JSON.stringify(join(examples, 'minimal-engine.mjs'))});\n`);
}

/** On the server of this file: one of its own each time would take longer than most checks. */
async function checkSteps(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly steps: readonly CheckStep[] }> {
  const options = { cwd: workspace.root, env: { DATABASE_URL: postgres.server.url, ...env } };
  const { code, stdout, stderr } = await orchlab(['target', 'check', ...args, '--json'], options);
  expect(stdout, stderr).toMatch(/^\[/);
  return { code, steps: JSON.parse(stdout) as CheckStep[] };
}

async function check(name: string): Promise<{ readonly code: number | null; readonly problems: string }> {
  const { code, steps } = await checkSteps([name]);
  return { code, problems: steps.flatMap(({ step, problems }) => problems.map((problem) => `${step}: ${problem}`)).join('\n') };
}

it('finds nothing wrong with the example of the docs, and measures it', async () => {
  describeTarget('minimal');
  expect(await check('minimal')).toEqual({ code: 0, problems: '' });
  const { code, stdout, stderr } = await orchlab(
    ['run', '--runs', '3', '--tasks', '2', '--duration', '0.01', '--target', 'minimal', '-s', 'scheduler.processes=2', '--json'],
    { cwd: workspace.root },
  );
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    target: { name: 'minimal' },
    tasks: { submitted: 6, finished: 6, lost: 0, duplicates: 0, ghosts: 0 },
  });
});

it.each([
  [
    'SQL that the database refuses',
    { 'CREATE TABLE IF NOT EXISTS task': 'CREATE TABEL task' },
    /prepare: .*broken\.yaml:\d+ prepare\.0: .*syntax error at or near "TABEL"/,
  ],
  [
    'a column that is missing',
    { 'run AS run_id, ': '' },
    /prepare: .*broken\.yaml:\d+ tasks\.sql: expected the columns .*got none named run_id/,
  ],
  ['a time without a zone', { 'ended_at AS finished_at': 'ended_at::timestamp AS finished_at' }, /finished_at as a timestamptz/],
  [
    'a scheduler that ends',
    {
      'log: looking for tasks': 'log: looking for tasks\n  stop_seconds: 1',
      "'{{target_directory}}/minimal-engine.mjs'": "'-e', 'console.error(\"no such queue\"); process.exit(7)'",
    },
    /start the scheduler: scheduler 0 ended with exit code 7 before it was ready[^]*no such queue/,
  ],
  [
    'a scheduler that is never ready',
    { 'log: looking for tasks': 'log: something else\n    seconds: 1' },
    /start the scheduler: scheduler 0 was not ready within 1 s \(log in scheduler\.ready\)[^]*looking for tasks/,
  ],
  [
    'a state that is not mapped',
    { '  ok: finished\n': '' },
    /broken has a task in the state "ok", which orchlab does not know: expected one of new, busy, broken/,
  ],
  [
    'a count of what is open that sees nothing',
    { '\nstates:': '\nopen:\n  sql: SELECT 0 AS runs, 0 AS tasks\n\nstates:' },
    /as many tasks run at once as it declares: of 2 runs of 3 tasks, none of which had ended, 0 runs and 0 tasks are counted as open/,
  ],
  [
    'a count of what is open without its columns',
    { '\nstates:': '\nopen:\n  sql: SELECT 0 AS runs\n\nstates:' },
    /prepare: .*broken\.yaml:\d+ open\.sql: expected the columns runs and tasks, got none named tasks/,
  ],
  [
    'an index from 1',
    { 'number AS task_index': 'number + 1 AS task_index' },
    /read the tasks: expected task_index 0, 1, 2 \(from 0\), got 1, 2, 3/,
  ],
  [
    'an environment that is not handed on',
    { "TASK_SCRIPT: '{{script}}'": "TASK_SCRIPT: '{{script}}'\n    ORCHLAB_EVIDENCE: ''" },
    /each task was executed once: 0 executions left evidence/,
  ],
  [
    'a time that is never written',
    { 'ended_at AS finished_at': 'NULL::timestamptz AS finished_at' },
    /read the tasks: finished_at of a finished task is NULL: no figure could be made of it/,
  ],
  [
    'an index that is NULL',
    { 'number AS task_index': 'NULL::int AS task_index' },
    /read the tasks: .*broken\.yaml:\d+ tasks\.sql: expected a run_id and a task_index in every row, got a row whose task_index is NULL/,
  ],
  [
    'fewer tasks at once than places',
    { 'count: 1, by: the loop of minimal-engine.mjs': 'count: 2, by: its loops' },
    /as many tasks run at once as it declares: 1 of 6 tasks ran at once, fewer than the 2 places that the target declares \(its loops 2\)/,
  ],
  [
    'a clean that is none',
    { 'DELETE FROM task WHERE workflow = $1': 'DELETE FROM task WHERE workflow = $1 AND false' },
    /clean: 3 tasks are left after clean/,
  ],
  [
    'a process that outlives the scheduler in a session of its own',
    { "command: ['{{program.node}}'": `command: ['sh', '-c', 'setsid sleep 600 & exec "$0" "$@"', '{{program.node}}'` },
    /stop the scheduler: When the engine was stopped it left 1 process running \(sleep\); orchlab ended it\./,
  ],
])('says in words what is wrong: %s', async (_what, replacements, message) => {
  describeTarget('broken', replacements);
  const { code, problems } = await check('broken');
  expect(problems).toMatch(message);
  expect(code).toBe(3);
});

it('says how many tasks ran at once where places are not declared, and when there are more than declared', async () => {
  cpSync(join(findWorkspace(import.meta.dirname).configs, 'targets/ork.yaml'), join(targets, 'ork.yaml'));
  const declare = async (places: string): Promise<CheckStep> => {
    const path = join(targets, 'ork.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^places: .*$/m, `places: ${places}`));
    return (await checkSteps(['ork'], { ORK_BIN: standInOrk })).steps.at(-1) ?? expect.fail('no step');
  };
  expect(await declare('unknown')).toMatchObject({
    problems: [],
    notes: ['it had all 12 tasks running at once: say so in `places` (unbounded, or what bounds them at more)'],
  });
  const { problems } = await declare("{ count: '{{scheduler.max_concurrent_dispatches}} * 1', by: max_concurrent_dispatches }");
  expect(problems[0]).toMatch(
    /^\d of 9 tasks ran at once, more than the 4 places that the target declares \(max_concurrent_dispatches 4\)$|^all 9 tasks ran at once, more/,
  );
});

const wrapped = { "command: ['{{program.node}}'": `command: ['sh', '-c', '"$0" "$@"; true', '{{program.node}}'` };

it('notes what is better said: what the times are, and that a scheduler looks like a wrapper', async () => {
  describeTarget('unsaid', { ...wrapped, '  started: { moment: claimed, source: task.started_at }\n': '' });
  const { code, steps } = await checkSteps(['unsaid']);
  expect(steps.flatMap(({ step, notes }) => notes.map((note) => `${step}: ${note}`))).toEqual([
    'read the tasks: say in `times` what happened at started: until then its phases are compared with those of no other engine',
    expect.stringMatching(
      /^stop the scheduler: the scheduler is sh, which waits for `.*node .*` \(pid \d+\): that is taken for a worker, if it is the real one\. .*roles: { scheduler: PATTERN }$/,
    ),
  ]);
  expect(code).toBe(0);
});

it('tries several schedulers, each task once, and takes a wrapper for one when the target says so', async () => {
  describeTarget('several', { ...wrapped, '# A process for each': "roles: { scheduler: 'minimal-engine' }\n# A process for each" });
  const { steps } = await checkSteps(['several', '--processes', '2']);
  expect(steps.map(({ step, problems, notes }) => [step, ...problems, ...notes])).toEqual([
    ['prepare'],
    ['prepare again (it must be possible)'],
    ['start 2 schedulers'],
    ['submit 2 runs of 3 tasks'],
    ['its tasks end'],
    ['read the tasks'],
    ['each task was executed once'],
    ['stop its processes'],
    ['clean'],
    ['as many tasks run at once as it declares'],
  ]);
});

it("makes a table of the scheduler's own metrics", async () => {
  cpSync(join(findWorkspace(import.meta.dirname).configs, 'targets/ork.yaml'), join(targets, 'ork.yaml'));
  const { code, stdout, stderr } = await orchlab(
    ['run', '--runs', '2', '--tasks', '2', '--duration', '0.3', '--target', 'ork', '-s', 'scheduler.poll_interval_secs=0.05', '--json'],
    {
      cwd: workspace.root,
      env: { ORK_BIN: standInOrk },
    },
  );
  expect(code, stderr).toBe(0);
  const { metrics } = await openExperiment((JSON.parse(stdout) as { directory: string }).directory);
  const names = new Set(metrics.array('metric') as string[]);
  expect(names).toEqual(
    new Set(['process_pending_runs_ms', 'process_pending_tasks_ms', 'process_status_updates_ms', 'sleep_ms', 'total_loop_ms']),
  );
  const at = metrics.array('atMs') as number[];
  expect(Math.abs((at[0] ?? 0) - Date.now())).toBeLessThan(120_000);
});

it('never tells the password, also when a program prints it', async () => {
  describeTarget('leak', {
    '- sql: |\n      CREATE':
      "- command: ['{{program.node}}', '-e', 'console.error(process.env.DATABASE_URL); process.exit(1)']\n  - sql: |\n      CREATE",
  });
  const { problems } = await check('leak');
  expect(problems).toMatch(/ended with exit code 1/);
  expect(problems).toContain('***');
  expect(problems).not.toMatch(/postgres(ql)?:\/\/[^*\s]*:[^*\s]+@/);
});

it('takes the password out of the log of a scheduler that printed its environment', async () => {
  describeTarget('talkative', {
    "command: ['{{program.node}}'": `command: ['sh', '-c', 'env; exec "$0" "$@"', '{{program.node}}'`,
  });
  const { code, stdout, stderr } = await orchlab(
    ['run', '--runs', '1', '--tasks', '1', '--duration', '0', '--target', 'talkative', '--json'],
    { cwd: workspace.root },
  );
  expect(code, stderr).toBe(0);
  const { directory } = JSON.parse(stdout) as { directory: string };
  const files = readdirSync(directory);
  expect(files).toContain('scheduler-0.log');
  expect(readFileSync(join(directory, 'scheduler-0.log'), 'utf8')).toMatch(/^DATABASE_URL=\*\*\*$[^]*looking for tasks/m);
  for (const file of files) expect(readFileSync(join(directory, file), 'latin1'), file).not.toMatch(/postgres:\/\/[^\s:@]*:[^\s*@]+@/);
});

it('says that a program is missing with exit code 4', async () => {
  cpSync(join(findWorkspace(import.meta.dirname).configs, 'targets/ork.yaml'), join(targets, 'ork.yaml'));
  const { code, stderr } = await orchlab(['run', '--runs', '1', '--tasks', '1', '--duration', '0', '--target', 'ork'], {
    cwd: workspace.root,
    env: { ORK_BIN: '/none' },
  });
  expect(stderr).toMatch(/^orchlab: target ork: ORK_BIN names \/none, which is no program that can be run\. Build it/m);
  expect(code).toBe(4);
});

it('is the example that the docs show', () => {
  const docs = readFileSync(join(examples, '../targets.md'), 'utf8');
  const [, shown] = /<!-- examples\/minimal\.yaml -->\s*```yaml\n([^]*?)```/.exec(docs) ?? [];
  expect(shown).toBe(readFileSync(join(examples, 'minimal.yaml'), 'utf8'));
});
