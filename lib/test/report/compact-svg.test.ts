import { expect, test } from 'vitest';
import { plotLatency } from '../../src/plots/plot-latency.ts';
import { compactSvg, plotToSvg, svgToPng } from '../../src/report/render-plot.ts';
import { buildExperiment } from '../support/build-experiment.ts';

test('half the size, the same texts, and it can be drawn', () => {
  const svg = plotToSvg(plotLatency(buildExperiment()));
  const compact = compactSvg(svg);
  expect(compact.length).toBeLessThan(0.65 * svg.length);
  const texts = (text: string): string[] => Array.from(text.matchAll(/<text[^>]*>([^<]*)</g), ([, words = '']) => words);
  expect(texts(compact)).toEqual(texts(svg));
  expect(compact).toContain('aria-label="X-axis');
  expect(svgToPng(compact).length).toBeGreaterThan(10_000);
});

test('the text of a label keeps its digits, a coordinate two', () => {
  const svg = '<svg width="1"><text font-family="a, &quot;b c&quot;" x="1.23456" opacity="1" opacity="0.456">0.12345</text></svg>';
  expect(compactSvg(svg)).toBe('<svg font-family="a, &quot;b c&quot;" width="1"><text x="1.23" opacity="0.45">0.12345</text></svg>');
});
