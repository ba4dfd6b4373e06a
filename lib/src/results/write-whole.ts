import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file whole or not at all: what was there before stays until then, and nothing half written is left.
 *
 * Not with write-file-atomic: it takes a write that the disk had room for only in part for a whole one.
 */
export async function writeWhole(path: string, content: string): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, content);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
