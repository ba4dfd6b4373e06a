import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { renderNotebook } from '../../src/notebook/render-notebook.ts';
import { testEnvironment, workspace } from '../notebook/notebook-fixture.ts';
import { hasBrowser, keepScreenshot, launchBrowser } from './browser.ts';

const plotCount = 7;
/** A4 less margins of 1 cm, in CSS pixels. */
const paperWidth = 718;
const printedEdges = `[...document.querySelectorAll('svg.marks, table, pre, p')].map((part) => Math.max(part.getBoundingClientRect().left + part.scrollWidth, part.getBoundingClientRect().right))`;
const black = 'rgb(0, 0, 0)';
const drawn = `document.querySelectorAll('.orchlab-vega-lite svg.marks').length === ${plotCount}`;
const textColors = `[...new Set([...document.querySelectorAll('svg.marks text')].map((text) => getComputedStyle(text).fill))]`;
const lineOpacities = `[...[...document.querySelectorAll('.orchlab-vega-lite')].at(-2).querySelectorAll('.mark-line.role-mark path')].slice(0, 2).map((path) => getComputedStyle(path).opacity)`;
const plotWidths = `[...document.querySelectorAll('.orchlab-vega-lite svg.marks')].map((plot) => plot.getBoundingClientRect().width)`;
const columnWidth = `document.querySelector('.orchlab-vega-lite').clientWidth`;
const proseColor = `getComputedStyle(document.querySelector('.jp-RenderedMarkdown p')).color`;
const ground = `getComputedStyle(document.body).backgroundColor`;

describe.skipIf(!hasBrowser)('the quickstart notebook as one page', () => {
  let browser: Browser;
  let directory: string;
  let address: string;
  let context: BrowserContext;
  let page: Page;
  const requests: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'orchlab-rendered-'));
    const output = join(directory, 'quickstart.html');
    await renderNotebook(join(workspace.notebooks, 'quickstart.ipynb'), { environment: await testEnvironment(), output });
    address = pathToFileURL(output).href;
    browser = await launchBrowser();
  });

  afterEach(async () => context.close());

  afterAll(async () => {
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function open(colorScheme: 'light' | 'dark', width: number): Promise<void> {
    requests.length = 0;
    complaints.length = 0;
    context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, offline: true });
    page = await context.newPage();
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(address);
    await page.waitForFunction(drawn, undefined, { timeout: 20_000 });
  }

  test.each([
    ['light', 1100],
    ['dark', 1100],
    ['light', 375],
  ] as const)(
    '%s, %i pixels wide: every plot is drawn, nothing is fetched, the page is no wider than the screen',
    async (scheme, width) => {
      await open(scheme, width);
      expect(requests).toEqual([address]);
      expect(complaints).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      // As wide as the column, whose prompts and margins take some of a phone's screen too.
      const widest = Math.max(...(await page.evaluate<number[]>(plotWidths)));
      expect(widest).toBeLessThanOrEqual((await page.evaluate<number>(columnWidth)) + 1);
      const [prose, background, texts] = [await page.evaluate(proseColor), await page.evaluate(ground), await page.evaluate(textColors)];
      expect(luminance(background) > 0.5).toBe(scheme === 'light');
      for (const color of [prose, ...(texts as unknown[])]) expect(Math.abs(luminance(color) - luminance(background))).toBeGreaterThan(0.4);
      await keepScreenshot(page, `rendered-${scheme}-${width}`, { fullPage: true });
    },
  );

  test('hovering tells values with units, a legend entry filters, dragging and the wheel zoom, a double click resets', async () => {
    await open('light', 1100);
    const plot = page.locator('.orchlab-vega-lite').nth(plotCount - 2);
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox()) ?? { x: 0, y: 0 };
    await page.mouse.move(box.x + 400, box.y + 160);
    const tooltip = page.locator('#vg-tooltip-element.visible');
    await tooltip.waitFor();
    expect(await tooltip.innerText()).toMatch(/(at|from) \(s\)\s+[\d.]+\s+(to \(s\)\s+[\d.]+\s+)?scheduler \(MB\)\s+\d+/);

    const opacities = (): Promise<unknown> => page.evaluate(lineOpacities);
    expect(await opacities()).toEqual(['1', '1']);
    await plot.locator('.role-legend-label text', { hasText: 'workers' }).click();
    await expect.poll(opacities).toEqual(['0.12', '1']);

    // Sorted: vega keeps the ticks that stay and adds the others behind them.
    const ticks = async (): Promise<readonly string[]> => (await plot.locator('.role-axis-label text').allTextContents()).toSorted();
    const before = await ticks();
    await page.keyboard.down('Control');
    await page.mouse.move(box.x + 400, box.y + 160);
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Control');
    await expect.poll(ticks).not.toEqual(before);
    await page.mouse.dblclick(box.x + 400, box.y + 160);
    await expect.poll(ticks).toEqual(before);
  });

  test('on paper it is black on white, also for readers who prefer dark', async () => {
    await open('dark', 1100);
    await page.emulateMedia({ media: 'print' });
    await expect.poll(async () => page.evaluate(ground)).toBe('rgb(255, 255, 255)');
    expect(luminance(await page.evaluate(proseColor))).toBeLessThan(0.3);
    expect(await page.evaluate(textColors)).toEqual([black]);
    await keepScreenshot(page, 'rendered-print', { fullPage: true });
  });

  test('on A4 nothing is cut: plots, tables, code and text are no wider than the paper', async () => {
    await open('light', 1100);
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: paperWidth, height: 1000 });
    const widths = await page.evaluate<number[]>(printedEdges);
    expect(widths.length).toBeGreaterThan(plotCount + 3);
    expect(Math.max(...widths)).toBeLessThanOrEqual(paperWidth);
    await keepScreenshot(page, 'rendered-a4', { fullPage: true });
  });
});

/** Of a CSS colour `rgb(...)` or `rgba(...)`: 0 is black, 1 white. */
function luminance(color: unknown): number {
  const [red = 0, green = 0, blue = 0] = Array.from(String(color).matchAll(/[\d.]+/g), Number);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}
