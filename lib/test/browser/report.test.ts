import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { htmlReport } from '../../src/report/html-report.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { hasBrowser, launchBrowser } from './browser.ts';

// Run in the page, as text: its types (DOM) are not those of the rest of the project.
const inspectPlots = `[...document.querySelectorAll('div.plot')].map((element) => {
  const drawn = element.querySelector('svg.marks');
  const excess = drawn.getBoundingClientRect().width - element.getBoundingClientRect().width;
  return { isWithin: excess < 1, fills: excess > -30, color: getComputedStyle(drawn.querySelector('text')).fill };
})`;
const textColors = `[...new Set([...document.querySelectorAll('div.plot svg.marks text')].map((text) => getComputedStyle(text).fill))]`;
const lineOpacities = `[...document.querySelectorAll('[data-plot="resources"] .mark-line.role-mark path')].slice(0, 4).map((path) => getComputedStyle(path).opacity)`;

interface OpenedReport extends AsyncDisposable {
  readonly page: Page;
  /** Addresses that the page asked for, itself included. */
  readonly requests: readonly string[];
  /** What it complained about in the console. */
  readonly complaints: readonly string[];
}

describe.skipIf(!hasBrowser)('report.html in a browser', () => {
  let browser: Browser;
  let directory: string;
  let address: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'orchlab-report-'));
    await writeFile(join(directory, 'report.html'), htmlReport(buildExperiment({ failures: 20 })));
    address = pathToFileURL(join(directory, 'report.html')).href;
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function open(colorScheme: 'light' | 'dark', width: number): Promise<OpenedReport> {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 }, offline: true });
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(address);
    await page.locator('html[data-drawn]').waitFor({ state: 'attached', timeout: 20_000 });
    return { page, requests, complaints, [Symbol.asyncDispose]: () => context.close() };
  }

  test.each([
    ['light', 1100],
    ['dark', 1100],
    ['light', 375],
  ] as const)('%s, %i pixels wide: every plot is drawn in full, nothing is fetched, nothing overflows', async (colorScheme, width) => {
    await using report = await open(colorScheme, width);
    expect(report.requests).toEqual([address]);
    expect(report.complaints).toEqual([]);
    const plots = await report.page.evaluate(inspectPlots);
    const ink = colorScheme === 'dark' ? 'rgb(230, 233, 238)' : 'rgb(27, 31, 36)';
    expect(plots).toEqual(Array.from({ length: 10 }, () => ({ isWithin: true, fills: true, color: ink })));
    expect(await report.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  test('hovering shows values with their units, a click in the legend shows one series alone', async () => {
    await using report = await open('dark', 1100);
    const plot = report.page.locator('[data-plot="resources"]');
    await plot.scrollIntoViewIfNeeded();
    const box = await plot.boundingBox();
    await report.page.mouse.move((box?.x ?? 0) + 500, (box?.y ?? 0) + 120);
    const tooltip = report.page.locator('#vg-tooltip-element.visible');
    await tooltip.waitFor();
    expect(await tooltip.innerText()).toMatch(
      /from \(s\)\s+[\d.]+\s+to \(s\)\s+[\d.]+\s+scheduler \(MB\)\s+1[23]\d\.?\d?\s+workers \(MB\)/,
    );
    const opacities = (): Promise<unknown> => report.page.evaluate(lineOpacities);
    expect(await opacities()).toEqual(['1', '1', '1', '1']);
    await plot.locator('.role-legend-label text', { hasText: 'workers' }).click();
    await expect.poll(opacities).toEqual(['0.12', '1', '0.12', '0.12']);
  });

  test('on paper, text is black on white also for readers who prefer dark', async () => {
    await using report = await open('dark', 1100);
    await report.page.emulateMedia({ media: 'print' });
    const colors = await report.page.evaluate(textColors);
    expect(colors).toEqual(['rgb(0, 0, 0)']);
    expect(await report.page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
  });
});
