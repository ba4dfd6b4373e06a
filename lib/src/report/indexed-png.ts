import { crc32, deflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const maxColors = 256;

/** A picture as rows of pixels, four bytes each (red, green, blue, alpha). */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/**
 * An opaque picture as a PNG with a palette, about a third of the size of one in full colour.
 *
 * Charts have few colours, and the shades between them at edges: those that are nearly the same become the most frequent of them.
 * Format: https://www.w3.org/TR/png-3/
 */
export function indexedPng({ width, height, pixels }: Pixels): Buffer {
  const { palette, indexOf } = choosePalette(countColors(pixels));
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0, from = 0; row < height; row++) {
    let to = row * (width + 1) + 1; // its first byte says that the row is not filtered
    for (let column = 0; column < width; column++, from += 4) rows[to++] = indexOf(colorAt(pixels, from));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8); // eight bits a pixel, into the palette
  const paletteBytes = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 0xff, color & 0xff]));
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', paletteBytes),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function colorAt(pixels: Uint8Array, offset: number): number {
  return ((pixels[offset] ?? 0) << 16) | ((pixels[offset + 1] ?? 0) << 8) | (pixels[offset + 2] ?? 0);
}

function countColors(pixels: Uint8Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (let offset = 0; offset < pixels.length; offset += 4) {
    const color = colorAt(pixels, offset);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  return counts;
}

/** The finest grouping of colours, by the leading bits of their channels, that fits a palette. */
function choosePalette(counts: ReadonlyMap<number, number>): { palette: number[]; indexOf: (color: number) => number } {
  for (let bits = 8; ; bits--) {
    const mask = (0xff << (8 - bits)) & 0xff;
    const groupMask = (mask << 16) | (mask << 8) | mask;
    const groups = new Map<number, { color: number; count: number }>();
    for (const [color, count] of counts) {
      const best = groups.get(color & groupMask);
      if (!best || count > best.count) groups.set(color & groupMask, { color, count });
    }
    if (groups.size > maxColors) continue;
    const places = new Map([...groups.keys()].map((group, index) => [group, index]));
    return { palette: Array.from(groups.values(), ({ color }) => color), indexOf: (color) => places.get(color & groupMask) ?? 0 };
  }
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
