import { type Values, fill, fillAll, fillJson, placeholdersIn } from './placeholders.ts';
import type { HttpRequest } from './target-schema.ts';

const shownCharacters = 500;
const variablePrefix = 'env.';

/**
 * Makes a described request and resolves with the body that was answered.
 *
 * Throws when nobody answers within `seconds`, or with a status that is not expected; the message has the beginning of the body.
 */
export async function request(described: HttpRequest, values: Values, seconds: number): Promise<string> {
  const { method, body, status } = described;
  const url = fill(described.url, values);
  const what = `${method} ${url}`;
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...fillAll(described.headers, { ...values, ...variablesOf(described) }),
  };
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(fillJson(body, values)) }),
      signal: AbortSignal.timeout(seconds * 1000),
    });
    text = await answer.text();
  } catch (error) {
    const { name, message, cause } = error as Error;
    const reason = name === 'TimeoutError' ? `took longer than ${seconds} s` : cause instanceof Error ? cause.message : message;
    throw new Error(`${what}: ${reason}`, { cause: error });
  }
  if (status ? status.includes(answer.status) : answer.ok) return text;
  throw new Error(
    `${what}: expected the status ${status?.join(' or ') ?? '200 to 299'}, got ${answer.status}${text === '' ? '' : `: ${text.slice(0, shownCharacters)}`}`,
  );
}

/** The value at a path of a JSON text: `data.id`, or as a JSON pointer `/data/id` (RFC 6901). Throws when there is none. */
export function valueAt(text: string, path: string): string {
  const keys = path.startsWith('/')
    ? path
        .slice(1)
        .split('/')
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    : path.split('.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`expected JSON with the run's id at ${path}, got ${text.slice(0, shownCharacters) || 'nothing'}`);
  }
  for (const key of keys) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`expected the run's id at ${path}, got ${text.slice(0, shownCharacters)}`);
}

/** What of a request's headers nobody is to see: the values of the variables that they name. */
export function headerSecrets(described: HttpRequest | undefined): readonly string[] {
  const names = Object.values(described?.headers ?? {}).flatMap(variablesIn);
  return names.map((name) => process.env[name] ?? '').filter((value) => value !== '');
}

function variablesOf({ headers }: HttpRequest): Values {
  const names = Object.values(headers).flatMap(variablesIn);
  return Object.fromEntries(
    names.map((name) => {
      const value = process.env[name];
      if (value === undefined) throw new Error(`the environment variable ${name} is not set, and the request's headers need it`);
      return [`${variablePrefix}${name}`, value];
    }),
  );
}

function variablesIn(text: string): string[] {
  return placeholdersIn(text).flatMap((name) => (name.startsWith(variablePrefix) ? [name.slice(variablePrefix.length)] : []));
}
