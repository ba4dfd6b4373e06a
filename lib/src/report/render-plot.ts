import { Resvg } from '@resvg/resvg-js';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { View } from 'vega';
import type { Plot } from '../plots/plot.ts';
import { indexedPng } from './indexed-png.ts';
import { vegaRuntime } from './vega-runtime.ts';

export interface PngOptions {
  /** Pixels per unit of the plot's own size. Default 2, which is sharp on dense screens. */
  readonly scale?: number;
  /** CSS colour behind the plot. Default white: a picture is often looked at on a page of another colour. */
  readonly background?: string;
}

/**
 * Draws a plot as SVG, without waiting.
 *
 * Its data must be inline. Throws when Vega-Lite refuses the specification.
 */
export function plotToSvg(spec: Plot): string {
  const { vega, vegaLite } = vegaRuntime();
  const logger = vega.logger(vega.Error);
  const view = new vega.View(vega.parse(vegaLite.compile(spec, { logger }).spec), { renderer: 'none', logger });
  try {
    return sceneToSvg(view.run());
  } finally {
    view.finalize();
  }
}

/** Draws a plot as PNG with the DejaVu fonts of the npm package, so that it looks the same on a machine without fonts. */
export function plotToPng(spec: Plot, options: PngOptions = {}): Buffer {
  return svgToPng(plotToSvg(spec), options);
}

/** Turns the SVG of `plotToSvg` into PNG. */
export function svgToPng(svg: string, options: PngOptions = {}): Buffer {
  return draw(svg, options).asPng();
}

/** The same with a palette, for where size counts: a third of the bytes, and edges a little coarser. The background must be opaque. */
export function svgToSmallPng(svg: string, options: PngOptions = {}): Buffer {
  return indexedPng(draw(svg, options));
}

function draw(svg: string, { scale = 2, background = 'white' }: PngOptions) {
  return new Resvg(svg, { background, fitTo: { mode: 'zoom', value: scale }, font: fonts() }).render();
}

// `View.toSVG` does this after an await that inline data doesn't need; the fields are private, hence vega's exact version in
// package.json and the test that compares both.
interface Layout {
  readonly _viewWidth: number;
  readonly _viewHeight: number;
  readonly _origin: readonly [number, number];
}

function sceneToSvg(view: View): string {
  const { vega } = vegaRuntime();
  const { _viewWidth, _viewHeight, _origin } = view as unknown as Layout;
  const { left, right, top, bottom } = view.padding() as { left: number; right: number; top: number; bottom: number };
  const width = Math.max(0, _viewWidth + left + right);
  const height = Math.max(0, _viewHeight + top + bottom);
  const scene = view.scenegraph() as unknown as { readonly root: unknown };
  return new vega.SVGStringRenderer(view.loader())
    .initialize(null, width, height, [_origin[0] + left, _origin[1] + top], 1)
    .background(view.background())
    .render(scene.root)
    .svg();
}

function fonts() {
  const directory = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  return {
    loadSystemFonts: false,
    fontFiles: ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSansMono.ttf'].map((file) => join(directory, file)),
    defaultFontFamily: 'DejaVu Sans',
    sansSerifFamily: 'DejaVu Sans',
    serifFamily: 'DejaVu Sans',
    monospaceFamily: 'DejaVu Sans Mono',
  };
}

/**
 * Vega's SVG at half its size, looking the same: coordinates to a hundredth of a pixel, the font named once, and no labels on each single
 * mark (those of axes and legends stay).
 */
export function compactSvg(svg: string): string {
  const font = / font-family="[^"]*"/.exec(svg)?.[0] ?? '';
  // Only within tags: the text of a label keeps its digits.
  const compact = svg.replaceAll(/<[^>]*>/g, (tag) => {
    const shorter = tag
      .replaceAll(/(\.\d\d)\d+/g, '$1')
      .replaceAll(font, '')
      .replaceAll(withoutEffect, '');
    return tag.startsWith('<g') ? shorter : shorter.replaceAll(markLabel, '');
  });
  return font === '' ? compact : compact.replace('<svg', `<svg${font}`);
}

const withoutEffect = / opacity="1"| pointer-events="none"/g;
const markLabel = / role="graphics-symbol"| aria-roledescription="[^"]*"| aria-label="[^"]*"/g;
