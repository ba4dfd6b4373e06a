import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { reasonOf } from '../errors/error-reason.ts';

/** Makes `<results>/<timestamp>-<config>` for an experiment that begins at `startedMs` (local time), never one that exists. */
export async function createExperimentDirectory(
  results: string,
  configName: string,
  startedMs: number,
): Promise<{ readonly name: string; readonly directory: string }> {
  await mkdir(results, { recursive: true }).catch(cannotWrite(results));
  const base = `${timestamp(startedMs)}-${fileName(configName)}`;
  for (let attempt = 1; ; attempt++) {
    // Two that begin in the same second get different names.
    const directory = join(results, attempt === 1 ? base : `${base}-${attempt}`);
    try {
      await mkdir(directory);
      return { name: basename(directory), directory };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt >= 1000) cannotWrite(results)(error);
    }
  }
}

/** Results can't be written where they belong. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
}

function cannotWrite(results: string): (error: unknown) => never {
  return (error) => {
    const reason = reasonOf(error);
    throw new ResultsError(
      `${results}: expected a folder that can be written to, got: ${reason}. Make it writable, or run in another workspace`,
      { cause: error },
    );
  };
}

/** `2026-11-23T15-04-05`: sorts by time, and is a file name everywhere. */
function timestamp(epochMs: number): string {
  const local = new Date(epochMs - new Date(epochMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replaceAll(':', '-');
}

/** A name of a file has 255 bytes at most, and the timestamp and an ending need some of them. */
const longestNameBytes = 120;

function fileName(text: string): string {
  const safe = text.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-');
  // What is cut in the middle of a character is decoded as U+FFFD.
  return new TextDecoder().decode(Buffer.from(safe).subarray(0, longestNameBytes)).replaceAll('\uFFFD', '');
}
