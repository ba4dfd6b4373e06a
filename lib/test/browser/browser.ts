import { existsSync, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Browser, type Page, chromium } from 'playwright-core';
import { workspace } from '../notebook/notebook-fixture.ts';

const candidates = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const browserPath = candidates.find((path) => path !== undefined && existsSync(path));
const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** CHROMIUM_PATH names another browser; without any, there is nothing to look with. */
export const hasBrowser = browserPath !== undefined;

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox', ...quiet] });
}

/** Keeps what the page looks like, for those who read the outcome of the tests. */
export async function keepScreenshot(page: Page, name: string, options: { readonly fullPage?: boolean } = {}): Promise<void> {
  const directory = join(workspace.root, '.ci', 'artifacts');
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: join(directory, `${name}.png`), ...options });
}

/** What JupyterLab is asked for so that a test can drive it; hidden folders are served, as the notebooks of tests lie in one. */
export const labOptions = ['--LabApp.expose_app_in_browser=True', '--ContentsManager.allow_hidden=True'];

/** Opens the notebook `file` in the JupyterLab at `url`, and waits until its kernel can be asked. */
export async function openNotebook(page: Page, url: string, file: string): Promise<void> {
  await page.goto(url.replace('/lab?', `/lab/tree/${relative(workspace.root, file)}?`));
  await waitForKernel(page, 'idle');
}

export async function waitForKernel(page: Page, status: 'idle' | 'busy'): Promise<void> {
  const kernel = 'window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel';
  await page.waitForFunction(`${kernel}?.status === '${status}'`, undefined, { timeout: 60_000 });
}
