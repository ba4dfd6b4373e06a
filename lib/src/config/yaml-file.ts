import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { LineCounter, isNode, parseDocument } from 'yaml';
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
  const document = parseDocument(await readFile(path, 'utf8'), { lineCounter: lines });
  const [syntaxError] = document.errors;
  if (syntaxError) {
    const { line } = lines.linePos(syntaxError.pos[0]);
    throw new ConfigError([
      { place: `${label}:${line}`, key: '', expected: 'YAML', got: syntaxError.message.split('\n')[0] ?? syntaxError.code },
    ]);
  }
  return {
    values: document.toJS(),
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
