import type { z } from 'zod';
import { reasonOf } from '../errors/error-reason.ts';
import { readRegularFile } from './regular-file.ts';

/** The results of an experiment are not what orchlab wrote; the message says where, and what there is instead. */
export class DamagedResultsError extends Error {
  override readonly name = 'DamagedResultsError';
}

/**
 * Reads a JSON file that orchlab keeps of its results; `what` names it, for instance `the manifest of an experiment`.
 *
 * Throws a DamagedResultsError where there is none that can be read, or it lacks what the schema asks for.
 */
export function readRecord<T>(path: string, what: string, schema: z.ZodType<T>): T {
  const damaged = (got: string, cause?: unknown): DamagedResultsError =>
    new DamagedResultsError(`${path}: expected ${what}, got ${got}`, { cause });
  let values: unknown;
  try {
    const bytes = readRegularFile(path);
    if (bytes === undefined) throw new Error('no such file');
    values = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw damaged(`something that can't be read: ${reasonOf(error)}`, error);
  }
  const { success, data, error } = schema.safeParse(values);
  if (success) return data;
  const [issue] = error.issues;
  const version = newerVersion(values);
  if (version !== undefined)
    throw damaged(`one of format ${version}, which a newer version of orchlab wrote: read it with that one`, error);
  const key = issue?.path.join('.') ?? '';
  throw damaged(`one with a wrong ${key === '' ? 'content' : key} (${issue?.message ?? 'unknown'})`, error);
}

/** All formats of this version are the first. */
function newerVersion(values: unknown): number | undefined {
  const version = values !== null && typeof values === 'object' && 'formatVersion' in values ? values.formatVersion : undefined;
  return typeof version === 'number' && version > 1 ? version : undefined;
}
