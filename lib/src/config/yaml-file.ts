import { createReadStream } from 'node:fs';
import { relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Document, LineCounter, type YAMLMap, isNode, isScalar, parseDocument, visit } from 'yaml';
import { reasonOf } from '../errors/error-reason.ts';
import { ConfigError } from './config-error.ts';
import { mostCharacters } from './values-extent.ts';

/** A YAML file's values, and where in it each of them is. */
export interface YamlFile {
  readonly values: unknown;
  /** `file:line` of the value at a path; of the nearest block around it when the file has no such value. */
  readonly placeOf: (keys: readonly PropertyKey[]) => string;
}

/**
 * Reads a YAML file. Throws a ConfigError with file and line when it is no YAML, and when it is larger than any config: from a device that
 * never ends, no more is read than that.
 */
export async function readYamlFile(path: string): Promise<YamlFile> {
  const fromHere = relative(process.cwd(), path);
  const label = fromHere.startsWith('..') ? path : fromHere;
  const lines = new LineCounter();
  const refuse = (expected: string, got: string): ConfigError => new ConfigError([{ place: label, key: '', expected, got }]);
  const bytes = await buffer(createReadStream(path, { end: mostCharacters })).catch((error: unknown) => {
    throw refuse('a file that can be read', reasonOf(error));
  });
  if (bytes.length > mostCharacters) throw refuse(`a file of at most ${mostCharacters} bytes`, 'a larger one');
  const document = parse(bytes.toString('utf8'));
  const [syntaxError] = document.errors;
  if (syntaxError) {
    const { line } = lines.linePos(syntaxError.pos[0]);
    throw new ConfigError([
      { place: `${label}:${line}`, key: '', expected: 'YAML', got: syntaxError.message.split('\n')[0] ?? syntaxError.code },
    ]);
  }
  // What only shows when the values are put together: an alias without an anchor, or aliases that multiply.
  const toValues = (): unknown => {
    try {
      return document.toJS();
    } catch (error) {
      throw refuse('YAML', reasonOf(error));
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

  function parse(text: string): Document.Parsed {
    try {
      // Keys that are lists or blocks become unknown keys, and the parser is not to write of them to the terminal. It compares each key with
      // each other one, which takes minutes for a file of many.
      const parsed = parseDocument(text, { lineCounter: lines, logLevel: 'error', uniqueKeys: false });
      visit(parsed, { Map: (_, map) => requireUniqueKeys(map) });
      return parsed;
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      // Blocks in blocks, deeper than the parser's stack.
      throw refuse('YAML', reasonOf(error));
    }
  }

  function requireUniqueKeys({ items }: YAMLMap): void {
    const seen = new Set<unknown>();
    for (const { key } of items) {
      if (!isScalar(key)) continue;
      if (seen.has(key.value)) {
        const { line } = lines.linePos(key.range?.[0] ?? 0);
        throw new ConfigError([{ place: `${label}:${line}`, key: '', expected: 'YAML', got: `the key ${String(key.value)} twice` }]);
      }
      seen.add(key.value);
    }
  }
}
