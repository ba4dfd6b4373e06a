import { readSync } from 'node:fs';

/** So many bytes of an open file, from `position` on. */
export function readBytes(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readInto(file, bytes, position);
  return bytes;
}

/** Fills `bytes` with those of an open file from `position` on. Throws where it has fewer. */
export function readInto(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    const count = readSync(file, bytes, done, bytes.length - done, position + done);
    if (count === 0) throw new Error(`it ended at byte ${position + done}, while it was read`);
    done += count;
  }
}
