import { expect, test } from 'vitest';
import type { Plot } from '../../src/plots/plot.ts';
import { plotToPng, plotToSvg, svgToPng } from '../../src/report/render-plot.ts';
import { vegaRuntime } from '../../src/report/vega-runtime.ts';

const spec: Plot = {
  width: 200,
  height: 100,
  title: 'Latency',
  data: { values: [0, 1, 2, 3].map((x) => ({ x, y: x * x, group: x % 2 === 0 ? 'even' : 'odd' })) },
  mark: 'line',
  encoding: {
    x: { field: 'x', type: 'quantitative', title: 'time (s)' },
    y: { field: 'y', type: 'quantitative' },
    color: { field: 'group', type: 'nominal' },
  },
};

/** Width, height: bytes 16 to 24 of a PNG. */
function pngSize(png: Buffer): readonly [number, number] {
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

test('the SVG is what vega itself writes', async () => {
  const { vega, vegaLite } = vegaRuntime();
  const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'none' });
  expect(plotToSvg(spec) === (await view.toSVG())).toBe(true);
});

test('the PNG is sharp, white behind, and has the words of the plot', () => {
  const svg = plotToSvg(spec);
  const [, width = '', height = ''] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  const expected = [2 * Number(width), 2 * Number(height)];
  expect(pngSize(plotToPng(spec)).map((size, index) => Math.abs(size - (expected[index] ?? 0)) <= 2)).toEqual([true, true]);
  expect(pngSize(plotToPng(spec, { scale: 1 }))[0]).toBe(Math.round(Number(width)));
  // Without its fonts the picture would still come out, but without words.
  const wordless = svgToPng(svg.replaceAll(/<text[^>]*>[^<]*<\/text>/g, ''));
  expect(svgToPng(svg).length).toBeGreaterThan(1.3 * wordless.length);
});

test('a specification that Vega-Lite refuses is an error', () => {
  expect(() => plotToSvg({ data: { values: [] } } as unknown as Plot)).toThrow(/Invalid specification/);
});
