import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { writeNotebook } from '../../src/notebook/notebook-file.ts';
import { type Lab, openLab } from '../../src/notebook/open-lab.ts';
import { type Manifest, readManifest } from '../../src/results/manifest.ts';
import { children } from '../../src/sampling/process-tree.ts';
import { notebook, testEnvironment, workspace } from '../notebook/notebook-fixture.ts';
import { processesOf } from '../support/orchlab-command.ts';
import { hasBrowser, keepScreenshot, labOptions, launchBrowser, openNotebook, waitForKernel } from './browser.ts';

/** Of its own, so that its experiments are told from others. */
const config = `browser-${process.pid}`;
const kernel = 'window.jupyterapp.shell.currentWidget.sessionContext.session.kernel';
const lastOutput = '.jp-Cell.jp-mod-selected .jp-OutputArea-output';

const cells = [
  "import { createConfig, findExperiments, latencyOf, runExperiment, show } from 'orchlab';",
  // 2,000 tasks of 0.2 s, twenty at once: twenty seconds at least, of which the test sees the first few.
  `const config = createConfig({ workflows: 400, tasks_per_workflow: 5, duration: 0.2 }, '${config}');\nconfig`,
  'const experiment = await runExperiment(config);',
  `const [kept] = await findExperiments({ config: '${config}', last: 1 });\nconsole.log(kept.manifest.status, kept.counts.numRows() > 5);\nlatencyOf(kept)`,
  // A series that goes on whatever comes, and a cell that is asked for with it.
  "for (const _ of [1, 2, 3]) await runExperiment(config).catch((error) => console.log(error.name));\nconsole.log('the loop is over');",
  "console.log('never');",
];

describe.skipIf(!hasBrowser)('an experiment in JupyterLab', () => {
  let browser: Browser;
  let lab: Lab;
  let page: Page;
  let directory: string;

  beforeAll(async () => {
    const environment = await testEnvironment({ jupyterLab: true });
    await mkdir(workspace.state, { recursive: true });
    directory = await mkdtemp(join(workspace.state, 'test-live-'));
    // Inherited by all that JupyterLab starts: this is how they are found.
    vi.stubEnv('ORCHLAB_TEST_MARKER', directory);
    vi.stubEnv('DATABASE_URL', undefined);
    await writeNotebook(join(directory, 'live.ipynb'), notebook(cells));
    browser = await launchBrowser();
    lab = await openLab({ environment, arguments: labOptions, stateDirectory: join(directory, 'jupyter') });
    page = await browser.newPage({ viewport: { width: 1300, height: 1000 } });
    await openNotebook(page, lab.url, join(directory, 'live.ipynb'));
  });

  afterAll(async () => {
    await browser?.close();
    await lab?.[Symbol.asyncDispose]();
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true, force: true });
    for (const name of await experimentNames()) {
      await rm(join(workspace.results, name), { recursive: true, force: true });
      await rm(join(workspace.results, `${name}.txt`), { force: true });
    }
  });

  async function experimentNames(): Promise<string[]> {
    const names = await readdir(workspace.results);
    return names.filter((name) => name.endsWith(`-${config}`)).sort();
  }

  async function lastManifest(): Promise<Manifest> {
    return readManifest(join(workspace.results, (await experimentNames()).at(-1) ?? ''));
  }

  /** Runs the cell, counted from 0, without waiting for its end. */
  async function runCell(index: number): Promise<void> {
    await page.evaluate(`(() => {
      const notebook = window.jupyterapp.shell.currentWidget.content;
      notebook.deselectAll();
      notebook.activeCellIndex = ${index};
      void window.jupyterapp.commands.execute('notebook:run-cell');
    })()`);
  }

  /** Runs the cell that runs the experiment, until tasks have ended. */
  async function startExperiment(): Promise<readonly RunningProcess[]> {
    const before = (await experimentNames()).length;
    await runCell(2);
    await expect.poll(async () => (await experimentNames()).length, { timeout: 120_000 }).toBe(before + 1);
    await expect.poll(async () => endedTasks(await page.locator('.orchlab-live').innerText()), { timeout: 120_000 }).toBeGreaterThan(20);
    const process = processesOf(directory).find((line) => line.includes('experiment-process'));
    const running = await descendants(Number.parseInt(process ?? '', 10));
    for (const part of ['experiment-process', 'scheduler-main', 'bin/postgres', 'guard-process'])
      expect(running.map(({ command }) => command)).toContainEqual(expect.stringContaining(part));
    return running;
  }

  /** Whether the live card says that its kernel is gone. */
  async function isFrozen(): Promise<boolean> {
    return page.evaluate("getComputedStyle(document.querySelector('.orchlab-frozen')).opacity === '1'");
  }

  const stillRunning = (processes: readonly RunningProcess[]): readonly RunningProcess[] =>
    processes.filter(({ pid, command }) => command !== '' && commandOf(pid) === command);

  test('completion and hover know the library', async () => {
    await runCell(0);
    await runCell(1);
    await page.locator('.orchlab-config').waitFor();
    const ask = async (request: string, code: string): Promise<unknown> =>
      page.evaluate(
        `${kernel}.${request}(${JSON.stringify({ code, cursor_pos: code.length, detail_level: 0 })}).then((reply) => reply.content)`,
      );
    expect(await ask('requestComplete', 'latencyOf(experiment).num')).toMatchObject({ matches: expect.arrayContaining(['numRows']) });
    expect(await ask('requestComplete', 'config.sched')).toMatchObject({ matches: expect.arrayContaining(['scheduler']) });
    const hover = (await ask('requestInspect', 'runExperiment')) as { readonly data: Readonly<Record<string, string>> };
    expect(hover.data['text/plain']).toContain('Runs one experiment on a real orchestrator and a real Postgres');
    expect(hover.data['text/plain']).toContain('Promise<Experiment>');
  });

  test('progress changes while it runs; the stop button ends it in order, and the next cell has what was sampled', async () => {
    const running = await startExperiment();
    const seen = new Set<string>();
    const ended: number[] = [];
    const began = Date.now();
    // On a busy machine it takes longer until anything has changed.
    const isTold = (): boolean => Date.now() - began >= 3000 && (ended.at(-1) ?? 0) > (ended[0] ?? 0) && seen.size > 5;
    while (!isTold() && Date.now() - began < 60_000) {
      const text = await page.locator('.orchlab-live').innerText();
      seen.add(text);
      ended.push(endedTasks(text));
      await page.waitForTimeout(100);
    }
    // A few times a second, and what it tells goes one way.
    expect(seen.size).toBeGreaterThan(5);
    expect(ended).toEqual(ended.toSorted((a, b) => a - b));
    expect(ended.at(-1)).toBeGreaterThan(ended[0] ?? 0);
    expect([...seen].at(-1)).toMatch(/latency\s+about (\d+ ms|\d+\.\d s)\s+about (\d+ ms|\d+\.\d s) on average so far/);
    // Seen only on a card that stands still.
    expect(await isFrozen()).toBe(false);
    await keepScreenshot(page, 'lab-live');

    await page.locator('[data-command="notebook:interrupt-kernel"], jp-button[title^="Interrupt"]').first().click();
    await waitForKernel(page, 'idle');
    // The cell ended when the experiment had.
    await expect.poll(() => stillRunning(running), { timeout: 120_000 }).toEqual([]);
    expect(await lastManifest()).toMatchObject({ status: 'interrupted' });
    const outputs = await page.locator(lastOutput).allInnerTexts();
    expect(outputs).toHaveLength(2);
    expect(outputs[0]).toMatch(new RegExp(`^Experiment \\S+: ${config} on dbos \\S+, interrupted`));
    expect(outputs[0]).toContain("what was sampled is kept: await findExperiment('");
    expect(outputs[1]).toMatch(/^ExperimentError: experiment \S+ was interrupted: interrupted by the user$/m);
    await keepScreenshot(page, 'lab-interrupted');

    await runCell(3);
    await page.getByText('interrupted true').waitFor();
    await page.locator('table.orchlab-table').waitFor();
  });

  test('one click on the stop button ends a series, and the cells that wait; the next cell that is asked for runs', async () => {
    const before = (await experimentNames()).length;
    await runCell(4);
    await runCell(5);
    await expect.poll(async () => (await experimentNames()).length, { timeout: 120_000 }).toBe(before + 1);
    await expect.poll(async () => (await lastManifest()).times.loadStartedMs ?? 0, { timeout: 120_000 }).toBeGreaterThan(0);
    await page.locator('[data-command="notebook:interrupt-kernel"], jp-button[title^="Interrupt"]').first().click();
    await waitForKernel(page, 'idle');
    const outputs = await page.locator('.jp-Cell').nth(4).locator('.jp-OutputArea-output').allInnerTexts();
    expect(outputs.join('\n')).toMatch(
      /ExperimentError\s+InterruptedError\s+InterruptedError\s+the loop is over\s+Interrupted: the cell was interrupted/,
    );
    expect(await page.locator('.jp-Cell').nth(5).locator('.jp-OutputArea-output').allInnerTexts()).toEqual([]);
    await runCell(3);
    await expect
      .poll(async () => page.locator('.jp-Cell').nth(3).locator('.jp-OutputArea-output').allInnerTexts(), { timeout: 120_000 })
      .toContainEqual(expect.stringContaining('interrupted'));
    expect(await experimentNames()).toHaveLength(before + 1);
    expect(processesOf(directory).filter((line) => line.includes('experiment-process'))).toEqual([]);
  });

  test('a restart of the kernel ends the experiment, and the kernel works', async () => {
    const running = await startExperiment();
    await page.evaluate(`${kernel}.restart()`);
    await expect.poll(() => stillRunning(running), { timeout: 120_000 }).toEqual([]);
    await expect.poll(isFrozen, { timeout: 120_000 }).toBe(true);
    expect(await page.locator('.orchlab-frozen').innerText()).toMatch(
      /^⚠ Nothing new since \d\d:\d\d:\d\d UTC: the kernel was restarted or has ended, and the experiment with it\./,
    );
    await keepScreenshot(page, 'lab-frozen');
    await expect.poll(async () => (await lastManifest()).status, { timeout: 120_000 }).toBe('interrupted');
    await waitForKernel(page, 'idle');
    await runCell(0);
    await runCell(1);
    await page.locator('.orchlab-config').waitFor();
    await waitForKernel(page, 'idle');
  });

  test('a shutdown of the kernel ends the experiment', async () => {
    const running = await startExperiment();
    await page.evaluate('window.jupyterapp.serviceManager.sessions.shutdownAll()');
    await expect.poll(() => stillRunning(running), { timeout: 120_000 }).toEqual([]);
    await expect.poll(async () => (await lastManifest()).status, { timeout: 120_000 }).toBe('interrupted');
    expect(processesOf(directory).filter((line) => /kernel[\\/]main/.test(line))).toEqual([]);
    expect(await readFile(join(workspace.results, (await experimentNames()).at(-1) ?? '', 'manifest.json'), 'utf8')).toContain('ledger');
  });
});

interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/** A process and all below it. */
async function descendants(pid: number): Promise<RunningProcess[]> {
  const below = await Promise.all((await children(pid)).map(descendants));
  return [{ pid, command: commandOf(pid) }, ...below.flat()];
}

/** Empty when the process is gone. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** From a text such as "tasks\n1,234 of 2,000 ended, 300 open"; 0 before there are any. */
function endedTasks(text: string): number {
  return Number((/tasks\s+([\d,]+) of/.exec(text)?.[1] ?? '0').replaceAll(',', ''));
}
