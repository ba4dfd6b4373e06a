import { type ExecFileException, execFile, execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { findWorkspace } from '../../src/config/workspace.ts';
import { temporaryWorkspace } from '../support/temporary-workspace.ts';

/*
 * The workflow of examples/ci in a project of its own, run by act, a local runner of GitHub's workflows (.ci/run installs it), on this machine instead of in a
 * container: a pull request that polls ten times as seldom as its base. Its comments go to a server here that keeps what GitHub would.
 */

const { root } = findWorkspace(import.meta.dirname);
const act = join(root, '.venv', 'bin', 'act');
const limitMs = 280_000;

interface Comment {
  readonly id: number;
  body: string;
}
const comments: Comment[] = [];
const refused: string[] = [];
const github = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    const [, id] = /\/repos\/mine\/app\/issues\/comments\/(\d+)$/.exec(request.url ?? '') ?? [];
    const list = (request.url ?? '').startsWith('/repos/mine/app/issues/7/comments');
    const known = comments.find((comment) => String(comment.id) === id);
    const { body = '' } = text === '' ? {} : (JSON.parse(text) as { body?: string });
    if (request.headers.authorization !== 'Bearer token-of-the-job' || (!list && !known)) {
      refused.push(`${request.method} ${request.url}`);
      response.writeHead(403).end('{}');
      return;
    }
    if (request.method === 'POST') comments.push({ id: comments.length + 1, body });
    if (request.method === 'PATCH' && known) known.body = body;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(request.method === 'GET' ? comments : {}));
  });
});

let api = '';
let kept = '';
const workspace = temporaryWorkspace();
const project = join(workspace.root, 'app');
/** What the action has of this repository; all of it would be copied, node_modules, too. */
const own = join(workspace.root, 'orchlab');
let base = '';

/** Runs the workflow as for a pull request from `base` to what is in the project; `change` makes another workflow of it. */
async function runWorkflow(
  change: (workflow: Workflow) => void = () => undefined,
): Promise<{ readonly code: number; readonly log: string }> {
  const workflow = parse(readFileSync(join(root, 'examples', 'ci', 'bench.yml'), 'utf8')) as Workflow;
  change(workflow);
  writeFileSync(join(project, '.github', 'workflows', 'bench.yml'), stringify(workflow));
  const event = {
    pull_request: { number: 7, head: { sha: git('rev-parse', 'HEAD') }, base: { sha: base } },
    repository: { full_name: 'mine/app' },
  };
  const eventPath = join(workspace.root, 'event.json');
  writeFileSync(eventPath, JSON.stringify(event));
  const variables = [`GITHUB_API_URL=${api}`, 'GITHUB_REPOSITORY=mine/app', `KEPT=${kept}`];
  // GitHub's own actions, of which act brings the first: a Node is here, and what is kept is kept in a folder.
  const replaced = ['actions/setup-node@v4', 'actions/upload-artifact@v4'].map((name) => `${name}=${localAction(name)}`);
  const options = Object.entries({
    eventpath: [eventPath],
    platform: ['ubuntu-latest=-self-hosted'],
    secret: ['GITHUB_TOKEN=token-of-the-job'],
    env: variables,
    'local-repository': [`orchlab/orchlab@main=${own}`, ...replaced],
  }).flatMap(([name, values]) => values.flatMap((value) => [`--${name}`, value]));
  // As a job finds it: nothing of the tests' own environment.
  const env = {
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: join(workspace.root, 'home'),
    TMPDIR: join(workspace.root, 'tmp'),
    XDG_CACHE_HOME: join(workspace.root, 'home', '.cache'),
    npm_config_cache: join(homedir(), '.npm'),
  };
  return new Promise((resolve) => {
    execFile(
      act,
      ['pull_request', ...options],
      { cwd: project, env, timeout: limitMs, maxBuffer: 1e8 },
      (error: ExecFileException | null, stdout, stderr) => resolve({ code: error ? Number(error.code ?? -1) : 0, log: stdout + stderr }),
    );
  });
}

interface Workflow {
  readonly jobs: { readonly bench: { readonly steps: { id?: string; run?: string; with?: Record<string, unknown> }[] } };
}

function withOptions(workflow: Workflow, options: Readonly<Record<string, string>>): void {
  const step = workflow.jobs.bench.steps.find(({ id }) => id === 'bench');
  Object.assign(step?.with ?? {}, options);
}

function localAction(name: string): string {
  const directory = join(workspace.root, name.replaceAll(/\W/g, '-'));
  mkdirSync(directory, { recursive: true });
  const keeps = name.includes('upload');
  const step = { shell: 'bash', run: keeps ? 'cp -r "${{ inputs.path }}" "$KEPT/"' : 'node --version' };
  const inputs = { path: { default: '' }, name: { default: '' }, 'node-version': { default: '' } };
  writeFileSync(join(directory, 'action.yml'), stringify({ name, inputs, runs: { using: 'composite', steps: [step] } }));
  return directory;
}

function git(...words: string[]): string {
  const identity = ['-c', 'user.name=app', '-c', 'user.email=app@example.org'];
  return execFileSync('git', [...identity, ...words], { cwd: project, encoding: 'utf8' }).trim();
}

/** An application with an engine of its own, which depends on orchlab; a second commit makes it slower. */
function makeProject(): void {
  for (const directory of ['.github/workflows', 'perf-configs/targets', 'test-scripts'])
    mkdirSync(join(project, directory), { recursive: true });
  mkdirSync(join(workspace.root, 'home'));
  for (const file of ['action.yml', 'scripts/comment-on-pull-request.mjs']) cpSync(join(root, file), join(own, file));
  const examples = join(root, 'docs', 'examples');
  const engine = readFileSync(join(examples, 'minimal-engine.mjs'), 'utf8').replace('Number(process.env.POLL_SECONDS)', '0.05');
  writeFileSync(join(project, 'engine.mjs'), engine);
  chmodSync(join(project, 'engine.mjs'), 0o755);
  const target = readFileSync(join(examples, 'minimal.yaml'), 'utf8')
    .replace('{{target_directory}}/minimal-engine.mjs', '{{program.engine}}')
    .replace(/^programs:\n/m, "programs:\n  engine: { variable: APP, hint: 'where the version to be measured is' }\n");
  writeFileSync(join(project, 'perf-configs', 'targets', 'engine.yaml'), target);
  writeFileSync(
    join(project, 'perf-configs', 'app.yaml'),
    'target: engine\narrival: { constant: 10 }\nload_seconds: 2\ntasks_per_workflow: 1\nduration: 0\n',
  );
  cpSync(join(root, 'test-scripts', 'perf-task.sh'), join(project, 'test-scripts', 'perf-task.sh'));
  writeFileSync(join(project, 'package.json'), '{ "name": "app", "private": true }\n');
  writeFileSync(join(project, '.gitignore'), 'node_modules\nperf-results\n');
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-qm', 'an engine that polls every 50 ms');
  base = git('rev-parse', 'HEAD');
  writeFileSync(join(project, 'engine.mjs'), engine.replace('0.05', '0.5'));
  git('commit', '-qam', 'poll less often');
}

/** The packages are there already; base and head are the engine's file in either version. */
function here(workflow: Workflow): void {
  const modules = `ln -s ${join(root, 'node_modules')}`;
  for (const step of workflow.jobs.bench.steps)
    if (step.run) step.run = step.run.replace(/^npm ci$/m, `${modules} .`).replace(/^npm ci --prefix (.*)$/m, `${modules} $1`);
  withOptions(workflow, { base: 'env.APP=../base/engine.mjs', head: 'env.APP=./engine.mjs' });
}

function withoutBase(workflow: Workflow): void {
  for (const step of workflow.jobs.bench.steps) if (step.run) step.run = step.run.replace(/^git worktree[^]*/m, '');
}

describe.skipIf(!existsSync(act))(`the action${existsSync(act) ? '' : ', not run: act is not in .venv (.ci/run installs it)'}`, () => {
  beforeAll(async () => {
    await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve));
    api = `http://127.0.0.1:${(github.address() as AddressInfo).port}`;
    kept = join(workspace.root, 'kept');
    mkdirSync(kept);
    makeProject();
  });
  afterAll(() => {
    github.close();
    workspace[Symbol.dispose]();
  });

  it('fails the job of a pull request that is slower, says so in a comment, and keeps the report', async () => {
    const { code, log } = await runWorkflow((workflow) => {
      here(workflow);
      withOptions(workflow, { options: '--rounds 6 --seed 1' });
    });
    expect(log).toContain('exit status 99');
    expect(code).toBe(1);
    expect(refused).toEqual([]);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toContain('<!-- orchlab bench: app -->');
    expect(comments[0]?.body).toMatch(/❌ fail.*`response\.p50 < baseline \+ 10 %`/);
    const series = readdirSync(join(kept, 'perf-results')).find((name) => name.endsWith('-app-bench')) ?? '';
    const experiments = readdirSync(join(kept, 'perf-results', series)).filter((name) => name.endsWith('-app'));
    expect(experiments).toHaveLength(12);
    expect(readdirSync(join(kept, 'perf-results', series, experiments[0] ?? ''))).toContain('report.html');
  });

  it('passes one that can not be told, with a warning, and brings its comment up to date', async () => {
    comments.push({ id: comments.length + 1, body: 'looks good to me' });
    const { code, log } = await runWorkflow((workflow) => {
      here(workflow);
      withoutBase(workflow);
      withOptions(workflow, { options: '--rounds 1', base: 'env.APP=./engine.mjs' });
    });
    expect([code, log.includes("::warning title=orchlab::A threshold can't be told")]).toEqual([0, true]);
    expect(comments.map(({ body }) => body.split('\n')[0])).toEqual(['<!-- orchlab bench: app -->', 'looks good to me']);
    expect(comments[0]?.body).toContain('inconclusive');
  });

  it('says why where the bench did not come to its end', async () => {
    appendFileSync(join(project, 'perf-configs', 'app.yaml'), 'no_such_key: 1\n');
    const { code, log } = await runWorkflow((workflow) => {
      here(workflow);
      withoutBase(workflow);
    });
    expect([code, log.includes('exit status 2')]).toEqual([1, true]);
    expect(comments[0]?.body).toContain('the bench of app ended with exit code 2');
  });
});

it('is in the docs as it is', () => {
  const [, ...workflow] = readFileSync(join(root, 'examples', 'ci', 'bench.yml'), 'utf8')
    .trim()
    .split('\n');
  expect(readFileSync(join(root, 'docs', 'ci.md'), 'utf8')).toContain(workflow.join('\n'));
});
