/** A value that a placeholder stands for. */
export type Value = string | number;

export type Values = Readonly<Record<string, Value>>;

/** `{{name}}`, or `{{name | json}}` for the value as JSON (which YAML takes too): quotes and all. */
const placeholder = /\{\{\s*([\w.-]+)\s*(\|\s*json\s*)?\}\}/g;

/** The names of the placeholders in a text. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name);
}

/** Replaces the placeholders of a text. Throws on one without a value: a description is checked for those when it is loaded. */
export function fill(text: string, values: Values): string {
  return text.replaceAll(placeholder, (_whole, name: string, asJson: string | undefined) => {
    const value = values[name];
    if (value === undefined) throw new Error(`there is no value for {{${name}}} here: expected one of ${Object.keys(values).join(', ')}`);
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
