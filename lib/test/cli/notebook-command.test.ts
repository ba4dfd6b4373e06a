import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NotebookFile, readNotebook, writeNotebook } from '../../src/notebook/notebook-file.ts';
import { readManifest } from '../../src/results/manifest.ts';
import { codeCell, notebook, testEnvironment, workspace } from '../notebook/notebook-fixture.ts';
import { orchlab, processesOf, startOrchlab } from '../support/orchlab-command.ts';

let directory: string;
beforeAll(async () => {
  await testEnvironment();
  await mkdir(workspace.state, { recursive: true });
  directory = await mkdtemp(join(workspace.state, 'test-notebook-command-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  for (const name of await ownResults()) await rm(join(workspace.results, name), { recursive: true, force: true });
});

/** Results of experiments that these tests ran. */
async function ownResults(): Promise<string[]> {
  return (await readdir(workspace.results)).filter((name) => name.includes(`command-${process.pid}`)).sort();
}

async function write(name: string, content: NotebookFile): Promise<string> {
  const file = join(directory, name);
  await writeNotebook(file, content);
  return file;
}

/** In the workspace, with a mark of their own on all processes that they start. */
const options = (): Parameters<typeof startOrchlab>[1] => ({
  cwd: workspace.root,
  env: { ORCHLAB_TEST_MARKER: directory, TMPDIR: tmpdir() },
});

async function expectNothingLeft(): Promise<void> {
  await expect.poll(() => processesOf(directory), { timeout: 10_000 }).toEqual([]);
}

const experiment = [
  "import { createConfig, runExperiment } from 'orchlab';",
  `await runExperiment(createConfig({ workflows: 400, tasks_per_workflow: 5, duration: 0.2 }, 'command-${process.pid}'));`,
  "console.log('never');",
];

describe('orchlab notebook run', () => {
  it('refuses a parameter that the notebook does not know, and says which it does: exit code 2', async () => {
    const { code, stderr } = await orchlab(['notebook', 'run', 'latency', '-p', 'cofnig=quick'], options());
    expect(code).toBe(2);
    expect(stderr).toContain('notebooks/latency.ipynb: expected one of its parameters (config, target), got "cofnig"');
    expect(await orchlab(['notebook', 'run', 'no-such'], options())).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected an .ipynb file, or the name of one in notebooks/'),
    });
  });

  it('ends at a failing cell with its number and traceback, and keeps the rest: exit code 3', async () => {
    const failing = codeCell('function load(rate: number) { throw new RangeError(`no rate ${rate}`); }\nload(3);', [], 'failing');
    const file = await write('failing.ipynb', notebook(["console.log('before');", failing, "console.log('never');"]));
    const output = join(directory, 'executed.ipynb');
    const { code, stdout, stderr } = await orchlab(['notebook', 'run', file, '-o', output], options());
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /failing\.ipynb cell 2\/3: function load.* failed\nRangeError: no rate 3\n +at load \(cell 2, line 1\)\n +function load.*\n +\^\n +at cell 2, line 2\nWhat was/,
    );
    expect(stderr).toMatch(/What was executed is in \S+executed\.ipynb\norchlab: \S+failing\.ipynb cell 2: RangeError: no rate 3\n$/);
    const { cells } = await readNotebook(output);
    expect(cells.map(({ outputs = [] }) => outputs.map((each) => each.output_type))).toEqual([['stream'], ['error'], []]);
    await expectNothingLeft();
  });

  it('says that a kernel died under its experiment, which ends too: exit code 3', async () => {
    const file = await write('killed.ipynb', notebook(experiment));
    const run = startOrchlab(['notebook', 'run', file, '-o', join(directory, 'killed-executed.ipynb')], options());
    await run.seen(/[1-9]\d*\/2,000 tasks/);
    const kernel = processesOf(directory).find((line) => /kernel[\\/]main/.test(line)) ?? '';
    process.kill(Number.parseInt(kernel, 10), 'SIGKILL');
    const { code, stderr } = await run.result;
    expect(code).toBe(3);
    expect(stderr).toMatch(/killed\.ipynb cell 2: KernelDied: the kernel ended while the cell ran/);
    await expectNothingLeft();
    const [name = ''] = await ownResults();
    expect(await readManifest(join(workspace.results, name))).toMatchObject({
      status: 'interrupted',
      ledger: { submitted: expect.any(Number) },
    });
  });

  it('ends the experiment and the kernel at Ctrl-C, and keeps both: exit code 130', async () => {
    const file = await write('interrupted.ipynb', notebook(experiment));
    const output = join(directory, 'interrupted-executed.ipynb');
    const run = startOrchlab(['notebook', 'run', file, '-o', output], options());
    await run.seen(/[1-9]\d*\/2,000 tasks/);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.result;
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted.ipynb cell 2: Stopped: the notebook was stopped');
    expect(stderr).toContain('Interrupting: ');
    await expectNothingLeft();
    const name = (await ownResults()).findLast((entry) => !entry.endsWith('.txt')) ?? '';
    expect(await readManifest(join(workspace.results, name))).toMatchObject({ status: 'interrupted' });
    const { cells } = await readNotebook(output);
    expect(JSON.stringify(cells[1]?.outputs)).toMatch(/interrupted[^]*ExperimentError/);
  });
});
