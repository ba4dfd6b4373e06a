import { closeSync, existsSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';

/**
 * Opens a file for reading; undefined where there is none. To be closed by the caller.
 *
 * Throws where something else has its name: reading a FIFO would wait for ever for somebody to write to it.
 */
export function openRegularFile(path: string): number | undefined {
  if (!existsSync(path)) return undefined;
  const kind = statSync(path);
  if (!kind.isFile())
    throw new Error(`expected a file, got ${kind.isDirectory() ? 'a directory' : kind.isFIFO() ? 'a FIFO' : 'a device or socket'}`);
  return openSync(path, 'r');
}

/** The bytes of such a file; undefined where there is none. Throws where there are more than `mostBytes`. */
export function readRegularFile(path: string, mostBytes: number): Buffer | undefined {
  const file = openRegularFile(path);
  if (file === undefined) return undefined;
  try {
    const { size } = fstatSync(file);
    if (size > mostBytes) throw new Error(`expected at most ${mostBytes} bytes, got ${size}`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}
