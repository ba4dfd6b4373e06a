import writeFileAtomic from 'write-file-atomic';

/** Writes a file whole or not at all: what was there before stays until then, and nothing half written is left. */
export async function writeWhole(path: string, content: string): Promise<void> {
  // Against a crash of this process, not of the machine: the samples beside it are not flushed to the disk either.
  await writeFileAtomic(path, content, { fsync: false });
}
