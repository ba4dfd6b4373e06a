import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { LineCounter, isNode, parseDocument } from 'yaml';
import { reasonOf } from '../errors/error-reason.ts';
import { ConfigError } from './config-error.ts';

/** A YAML file's values, and where in it each of them is. */
export interface YamlFile {
  readonly values: unknown;
  /** `file:line` of the value at a path; of the nearest block around it when the file has no such value. */
  readonly placeOf: (keys: readonly PropertyKey[]) => string;
}

/** Reads a YAML file. Throws a ConfigError with file and line when it is no YAML. */
export async function readYamlFile(path: string): Promise<YamlFile> {
  const fromHere = relative(process.cwd(), path);
  const label = fromHere.startsWith('..') ? path : fromHere;
  const lines = new LineCounter();
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new ConfigError([{ place: label, key: '', expected: 'a file that can be read', got: reasonOf(error) }]);
  });
  const document = parseDocument(text, { lineCounter: lines });
  const [syntaxError] = document.errors;
  if (syntaxError) {
    const { line } = lines.linePos(syntaxError.pos[0]);
    throw new ConfigError([
      { place: `${label}:${line}`, key: '', expected: 'YAML', got: syntaxError.message.split('\n')[0] ?? syntaxError.code },
    ]);
  }
  // What only shows when the values are put together: an alias without an anchor.
  const toValues = (): unknown => {
    try {
      return document.toJS();
    } catch (error) {
      throw new ConfigError([{ place: label, key: '', expected: 'YAML', got: reasonOf(error) }]);
    }
  };
  return {
    values: toValues(),
    placeOf(keys) {
      // The nearest part of the path that the file has: a missing key is reported at its block.
      for (let length = keys.length; length > 0; length--) {
        const node = document.getIn(keys.slice(0, length), true);
        if (isNode(node) && node.range) return `${label}:${lines.linePos(node.range[0]).line}`;
      }
      return `${label}:1`;
    },
  };
}
