import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { writeNotebook } from '../../src/notebook/notebook-file.ts';
import { openLab } from '../../src/notebook/open-lab.ts';
import { imports, notebook, testEnvironment, workspace } from '../notebook/notebook-fixture.ts';
import { hasBrowser, keepScreenshot, labOptions, launchBrowser, openNotebook, waitForKernel } from './browser.ts';

const plotSpec = JSON.stringify({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  data: { values: [1, 2, 3].map((y) => ({ x: `bar ${y}`, y })) },
  mark: 'bar',
  encoding: { x: { field: 'x' }, y: { field: 'y', type: 'quantitative' } },
});

test.skipIf(!hasBrowser)('JupyterLab runs a notebook and draws its plots', async () => {
  const environment = await testEnvironment({ jupyterLab: true });
  await mkdir(workspace.state, { recursive: true });
  const directory = await mkdtemp(join(workspace.state, 'test-lab-'));
  const browser = await launchBrowser();
  vi.stubEnv('HOME', usedHome(directory));
  try {
    const file = join(directory, 'test.ipynb');
    await writeNotebook(
      file,
      notebook([
        imports('show', 'report/show.ts'),
        imports('enableRichLastValues', 'report/last-value.ts'),
        "enableRichLastValues();\nimport * as aq from 'arquero';\naq.table({ p50Seconds: [0.25] })",
        `show(${plotSpec});`,
        `import { existsSync } from 'node:fs';\nconsole.log('waiting for go');\nwhile (!existsSync(${JSON.stringify(join(directory, 'go'))})) await new Promise((wake) => setTimeout(wake, 20));`,
        'Promise.resolve(1)',
        "for (let i = 0; i < 3000; i++) console.log(`line ${i}`);\nthrow new Error('on purpose');",
        "console.log('never');",
      ]),
    );
    await using lab = await openLab({ environment, arguments: labOptions, stateDirectory: join(directory, 'jupyter') });
    const page = await browser.newPage({ viewport: { width: 1300, height: 1400 } });
    await openNotebook(page, lab.url, file);
    await page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')");

    await page.locator('.vega-embed .marks').waitFor({ timeout: 30_000 });
    await page.locator('table.orchlab-table').waitFor();
    expect(await page.locator('table.orchlab-table th').innerText()).toBe('p50Seconds');
    expect(await page.locator('table.orchlab-table th').getAttribute('title')).toBe('Median: half of the tasks took no longer. Seconds.');
    await page.locator('.jp-OutputArea-output').getByText('waiting for go').waitFor();
    // One cell runs, those behind it wait: the kernel is busy, also when it has just completed a word.
    const kernel = 'window.jupyterapp.shell.currentWidget.sessionContext.session.kernel';
    await page.evaluate(`${kernel}.requestComplete({ code: 'exist', cursor_pos: 5 }).then((reply) => reply.content.status)`);
    await expect.poll(async () => page.evaluate(`${kernel}.status`), { timeout: 10_000 }).toBe('busy');
    await writeFile(join(directory, 'go'), '');
    await page.getByText('`await` is missing before it').waitFor();
    await page.getByText('Error: on purpose').first().waitFor();
    await waitForKernel(page, 'idle');
    // Nothing of another day is open beside it.
    expect(await page.locator('.lm-DockPanel-tabBar .lm-TabBar-tab').count()).toBe(1);
    const prompts = await page.locator('.jp-InputArea-prompt:visible').allTextContents();
    expect(prompts.filter((prompt) => prompt !== '')).toEqual(['[1]:', '[2]:', '[3]:', '[4]:', '[5]:', '[6]:', '[7]:', '[ ]:']);
    expect(await page.getByText('line 2999').count()).toBe(1);
    await keepScreenshot(page, 'lab-run-all', { fullPage: true });
    await page.evaluate('window.jupyterapp.serviceManager.sessions.shutdownAll()');
  } finally {
    await browser.close();
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true, force: true });
  }
});

/** The home of somebody who has used JupyterLab: files that were open, another address, a password, a template of their own. */
function usedHome(directory: string): string {
  const home = join(directory, 'home');
  const open = {
    'notebook:gone.ipynb': { data: { path: 'gone.ipynb', factory: 'Notebook' } },
    'layout-restorer:data': {
      main: { dock: { type: 'tab-area', currentIndex: 0, widgets: ['notebook:gone.ipynb'] }, current: 'notebook:gone.ipynb' },
    },
  };
  const files = {
    '.jupyter/jupyter_server_config.json': {
      ServerApp: { base_url: '/elsewhere/', port: 1 },
      PasswordIdentityProvider: { hashed_password: 'argon2:no' },
    },
    '.jupyter/lab/workspaces/default-37a8.jupyterlab-workspace': { data: open, metadata: { id: 'default' } },
    '.jupyter/lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings': { codeCellConfig: { lineNumbers: true } },
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(home, path, '..'), { recursive: true });
    writeFileSync(join(home, path), JSON.stringify(content));
  }
  return home;
}
