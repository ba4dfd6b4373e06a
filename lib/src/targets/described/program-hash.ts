import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Values } from './placeholders.ts';
import type { TargetFile } from './target-file.ts';

/**
 * SHA-256, in hexadecimal, over a target's description, its programs, and what its commands name of the description's directory: an
 * engine that was built anew, or whose script was changed, has another.
 */
export async function programHash(file: TargetFile, programs: Values): Promise<string> {
  const { description, directory } = file;
  const { prepare, processes, scheduler, submit, clean } = description;
  const commands = [...prepare, ...processes, scheduler, ...[submit].flat(), ...clean].flatMap(({ command = [] }) => command);
  const beside = commands
    .filter((argument) => inDirectory.test(argument))
    .map((argument) => argument.replace(inDirectory, directory))
    .filter(isFile);
  // In the order of names, not of places: the same on another machine.
  const named = Object.entries(programs).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const paths = [file.path, ...named.map(([, path]) => String(path)), ...new Set(beside.toSorted())];
  const hash = createHash('sha256');
  for (const path of paths) {
    hash.update(`${statSync(path).size}\n`);
    await pipeline(createReadStream(path), async (chunks) => {
      for await (const chunk of chunks) hash.update(chunk as Buffer);
    });
  }
  return hash.digest('hex');
}

const inDirectory = /\{\{\s*target_directory\s*\}\}/;

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
