import type { z } from 'zod';
import { reasonOf } from '../errors/error-reason.ts';
import { extentProblem } from '../config/values-extent.ts';
import { readRegularFile } from './regular-file.ts';

/** The results of an experiment are not what orchlab wrote; the message says where, and what there is instead. */
export class DamagedResultsError extends Error {
  override readonly name = 'DamagedResultsError';
}

/** Bytes: hundred times what a series of thousands of experiments has. What is beyond isn't read, so that no file of a stranger takes the memory. */
export const mostRecordBytes = 64 * 1024 * 1024;

/**
 * Reads a JSON file that orchlab keeps of its results; `what` names it, for instance `the manifest of an experiment`.
 *
 * Throws a DamagedResultsError where there is none that can be read, it is larger or deeper than any is, or it lacks what the schema asks for.
 */
export function readRecord<T>(path: string, what: string, schema: z.ZodType<T>): T {
  return checkRecord(path, what, readJson(path, what), schema);
}

/** The values of such a file, whatever they are. Throws as `readRecord` does. */
export function readJson(path: string, what: string): unknown {
  try {
    const bytes = readRegularFile(path, mostRecordBytes);
    if (bytes === undefined) throw new Error('no such file');
    const values: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const extent = extentProblem(values, mostRecordBytes);
    if (extent) throw new Error(`expected ${extent.expected}, got ${extent.got}`);
    return values;
  } catch (error) {
    throw damaged(path, what, `something that can't be read: ${reasonOf(error)}`, error);
  }
}

/** Those values as the schema has them. Throws as `readRecord` does; `format` is the newest version of the file that this orchlab knows. */
export function checkRecord<T>(path: string, what: string, values: unknown, schema: z.ZodType<T>, format = 1): T {
  const { success, data, error } = schema.safeParse(values);
  if (success) return data;
  const [issue] = error.issues;
  const version = versionOf(values);
  if (version > format)
    throw damaged(path, what, `one of format ${version}, which a newer version of orchlab wrote: read it with that one`, error);
  const key = issue?.path.join('.') ?? '';
  throw damaged(path, what, `one with a wrong ${key === '' ? 'content' : key} (${issue?.message ?? 'unknown'})`, error);
}

function damaged(path: string, what: string, got: string, cause: unknown): DamagedResultsError {
  return new DamagedResultsError(`${path}: expected ${what}, got ${got}`, { cause });
}

/** NaN where it says none. */
function versionOf(values: unknown): number {
  const version = values !== null && typeof values === 'object' && 'formatVersion' in values ? values.formatVersion : undefined;
  return typeof version === 'number' ? version : Number.NaN;
}
