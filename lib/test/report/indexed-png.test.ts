import { Resvg } from '@resvg/resvg-js';
import { describe, expect, test } from 'vitest';
import { indexedPng } from '../../src/report/indexed-png.ts';

/** Draws a PNG inside an SVG, which reads it back with another program's decoder. */
function decode(png: Buffer, width: number, height: number): Uint8Array {
  const image = `<image width="${width}" height="${height}" href="data:image/png;base64,${png.toString('base64')}"/>`;
  return new Resvg(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${image}</svg>`).render().pixels;
}

describe('indexedPng', () => {
  test('few colours are kept exactly', () => {
    const width = 16;
    const height = 16;
    const pixels = Uint8Array.from({ length: width * height * 4 }, (_, index) => (index % 4 === 3 ? 255 : ((index >> 2) * 37) % 256));
    const png = indexedPng({ width, height, pixels });
    expect(Array.from(decode(png, width, height))).toEqual(Array.from(pixels));
  });

  test('many colours become similar ones, the frequent ones stay', () => {
    const width = 200;
    const height = 200;
    const pixels = new Uint8Array(width * height * 4).fill(255);
    // 2,500 shades at one edge, white everywhere else.
    for (let index = 0; index < 2500; index++) pixels.set([255 - (index % 250), index % 256, (index * 7) % 256], index * 4);
    const decoded = decode(indexedPng({ width, height, pixels }), width, height);
    let worst = 0;
    for (let index = 0; index < pixels.length; index++) worst = Math.max(worst, Math.abs((pixels[index] ?? 0) - (decoded[index] ?? 0)));
    expect(worst).toBeLessThan(64);
    expect(Array.from(decoded.subarray(-4))).toEqual([255, 255, 255, 255]);
  });
});
