import { appendFile, readdir, stat, truncate } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** A log that has grown beyond this is cut down to its beginning. */
export const longestLogBytes = 64 * 1024 * 1024;
const keptBytes = longestLogBytes / 2;
/** From one look to the next, and where a log has grown by a hundredth of its bound since the last one. */
const quietIntervalMs = 5000;
const growingIntervalMs = 1000;

export interface LogBound extends AsyncDisposable {
  /** A sentence for each log of which something was left out until now. */
  warnings(): Promise<readonly string[]>;
}

/**
 * Keeps the logs of an experiment from filling the disk: one that grows beyond the bound keeps its first half and goes on from there, with a
 * line that says how much is missing.
 *
 * Whoever writes it is not held up and knows nothing of it: the kernel appends (O_APPEND) wherever the end is.
 */
export function boundLogs(directory: string, longestBytes = longestLogBytes, keepBytes = keptBytes): LogBound {
  const leftOut = new Map<string, number>();
  const sizes = new Map<string, number>();
  let intervalMs = growingIntervalMs;
  const look = async (): Promise<void> => {
    intervalMs = quietIntervalMs;
    for (const name of (await readdir(directory)).filter((file) => extname(file) === '.log')) {
      const path = join(directory, name);
      const { size } = await stat(path);
      if (size - (sizes.get(name) ?? 0) > longestBytes / 100) intervalMs = growingIntervalMs;
      sizes.set(name, size);
      if (size <= longestBytes) continue;
      const bytes = size - keepBytes;
      sizes.set(name, keepBytes);
      await truncate(path, keepBytes);
      await appendFile(path, `\n[orchlab: ${bytes} bytes left out here, as the log had grown beyond ${longestBytes}]\n`);
      leftOut.set(name, (leftOut.get(name) ?? 0) + bytes);
    }
  };
  let looking: Promise<void> = Promise.resolve();
  // A log that is gone, or a full disk: that shows elsewhere.
  const lookNow = async (): Promise<void> => (looking = looking.then(look).catch(() => undefined));
  let timer: NodeJS.Timeout | undefined;
  const lookLater = (): void => {
    timer = setTimeout(() => {
      void lookNow().then(() => timer && lookLater());
    }, intervalMs);
  };
  lookLater();
  return {
    async warnings() {
      // What was written in the last second, too.
      await lookNow();
      return [...leftOut].map(
        ([name, bytes]) =>
          `${name} grew beyond ${Math.round(longestBytes / 1024 / 1024)} MB: ${Math.round(bytes / 1024 / 1024)} MB of it were left out, and whatever metrics were in them.`,
      );
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      timer = undefined;
      await lookNow();
    },
  };
}
