/** A value that a placeholder stands for. */
export type Value = string | number;

export type Values = Readonly<Record<string, Value>>;

/**
 * `{{name}}`; `{{name | json}}` for the value as JSON (which YAML takes too): quotes and all; `{{database_url | scheme postgresql+psycopg2}}`
 * for a URL with another scheme.
 */
const placeholder = /\{\{\s*([\w.-]+)\s*(?:\|\s*(?:(json)|scheme\s+([a-z][a-z0-9+.-]*))\s*)?\}\}/g;

/** The names of the placeholders in a text. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name);
}

/** Replaces the placeholders of a text. Throws on one without a value: a description is checked for those when it is loaded. */
export function fill(text: string, values: Values): string {
  return text.replaceAll(placeholder, (_whole, name: string, asJson: string | undefined, scheme: string | undefined) => {
    const value = values[name];
    if (value === undefined) throw new Error(`there is no value for {{${name}}} here: expected one of ${Object.keys(values).join(', ')}`);
    if (scheme !== undefined) return String(value).replace(/^[a-z][a-z0-9+.-]*:/i, `${scheme}:`);
    return asJson === undefined ? String(value) : JSON.stringify(value);
  });
}

/** The value of a parameter: a text that is nothing but a placeholder is its value, a number when it is one. */
export function fillValue(value: Value, values: Values): Value {
  if (typeof value === 'number') return value;
  const [name, ...others] = placeholdersIn(value);
  if (name !== undefined && others.length === 0 && /^\{\{\s*[\w.-]+\s*\}\}$/.test(value)) {
    const filled = values[name];
    if (filled !== undefined) return filled;
  }
  return fill(value, values);
}

/** The texts of a record, filled. */
export function fillAll(texts: Readonly<Record<string, string>>, values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fill(text, values)]));
}

/** A JSON value with the placeholders in its texts replaced; a text that is nothing but a placeholder becomes its value. */
export function fillJson(value: unknown, values: Values): unknown {
  if (typeof value === 'string') return fillValue(value, values);
  if (Array.isArray(value)) return value.map((part) => fillJson(part, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fillJson(part, values)]));
}

/** The texts in a JSON value, each with its path. */
export function textsIn(value: unknown, path: readonly (string | number)[] = []): [path: readonly (string | number)[], text: string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => textsIn(part, [...path, Array.isArray(value) ? Number(key) : key]));
}
