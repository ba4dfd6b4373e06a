import { existsSync, readFileSync, statSync } from 'node:fs';

/**
 * The bytes of a file; undefined where there is none.
 *
 * Throws where something else has its name: reading a FIFO would wait for ever for somebody to write to it.
 */
export function readRegularFile(path: string): Buffer | undefined {
  if (!existsSync(path)) return undefined;
  const kind = statSync(path);
  if (!kind.isFile())
    throw new Error(`expected a file, got ${kind.isDirectory() ? 'a directory' : kind.isFIFO() ? 'a FIFO' : 'a device or socket'}`);
  return readFileSync(path);
}
