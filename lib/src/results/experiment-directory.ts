import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Makes `<results>/<timestamp>-<config>` for an experiment that begins at `startedMs` (local time), never one that exists. */
export async function createExperimentDirectory(
  results: string,
  configName: string,
  startedMs: number,
): Promise<{ readonly name: string; readonly directory: string }> {
  await mkdir(results, { recursive: true });
  const base = `${timestamp(startedMs)}-${fileName(configName)}`;
  for (let attempt = 1; ; attempt++) {
    // Two that begin in the same second get different names.
    const directory = join(results, attempt === 1 ? base : `${base}-${attempt}`);
    try {
      await mkdir(directory);
      return { name: basename(directory), directory };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt >= 1000) throw error;
    }
  }
}

/** `2026-11-23T15-04-05`: sorts by time, and is a file name everywhere. */
function timestamp(epochMs: number): string {
  const local = new Date(epochMs - new Date(epochMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replaceAll(':', '-');
}

function fileName(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 80);
}
