import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Page, chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { writeNotebook } from '../../src/notebook/notebook-file.ts';
import { openLab } from '../../src/notebook/open-lab.ts';
import { imports, notebook, testEnvironment, workspace } from '../notebook/notebook-fixture.ts';

const candidates = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const browserPath = candidates.find((path) => path !== undefined && existsSync(path));
const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const plotSpec = JSON.stringify({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  data: { values: [1, 2, 3].map((y) => ({ x: `bar ${y}`, y })) },
  mark: 'bar',
  encoding: { x: { field: 'x' }, y: { field: 'y', type: 'quantitative' } },
});

// CHROMIUM_PATH names another browser; without any, there is nothing to look with.
test.skipIf(browserPath === undefined)('JupyterLab runs a notebook and draws its plots', { timeout: 120_000 }, async () => {
  const environment = await testEnvironment();
  await mkdir(workspace.state, { recursive: true });
  const directory = await mkdtemp(join(workspace.state, 'test-lab-'));
  const browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox', ...quiet] });
  try {
    const file = join(directory, 'test.ipynb');
    await writeNotebook(
      file,
      notebook([
        imports('show', 'report/show.ts'),
        imports('enableRichLastValues', 'report/last-value.ts'),
        "enableRichLastValues();\nimport * as aq from 'arquero';\naq.table({ p50Seconds: [0.25] })",
        `show(${plotSpec});`,
        "for (let i = 0; i < 3000; i++) console.log(`line ${i}`);\nthrow new Error('on purpose');",
        "console.log('never');",
      ]),
    );
    // Hidden folders are not served unless asked for; the notebook lies in one that git ignores.
    const options = ['--LabApp.expose_app_in_browser=True', '--ContentsManager.allow_hidden=True'];
    await using lab = await openLab({ environment, arguments: options });
    const page = await browser.newPage({ viewport: { width: 1300, height: 1400 } });
    await page.goto(lab.url.replace('/lab?', `/lab/tree/${relative(workspace.root, file)}?`));
    await waitForIdleKernel(page);
    await page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')");

    await page.locator('.vega-embed .marks').waitFor({ timeout: 30_000 });
    await page.locator('table.orchlab-table').waitFor();
    await page.getByText('Error: on purpose').first().waitFor();
    await waitForIdleKernel(page);
    const prompts = await page.locator('.jp-InputArea-prompt:visible').allTextContents();
    expect(prompts.filter((prompt) => prompt !== '')).toEqual(['[1]:', '[2]:', '[3]:', '[4]:', '[5]:', '[ ]:']);
    expect(await page.getByText('line 2999').count()).toBe(1);
    await page.screenshot({ path: join(workspace.state, 'jupyter-lab.png'), fullPage: true });
    await page.evaluate('window.jupyterapp.serviceManager.sessions.shutdownAll()');
  } finally {
    await browser.close();
    await rm(directory, { recursive: true, force: true });
  }
});

async function waitForIdleKernel(page: Page): Promise<void> {
  await page.waitForFunction("window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'", undefined, {
    timeout: 60_000,
  });
}
