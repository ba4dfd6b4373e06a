import { type ReadStream, createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Names of variables whose values are secrets: API_TOKEN, PGPASSWORD, AWS_SECRET_ACCESS_KEY. */
const secretName = /password|passwd|passphrase|secret|token|credential|api_?key|private_?key/i;
/** A name and its value as YAML, TOML, JSON, properties and shells write them; the value up to the end of its line where it has no quotes. */
const namedValue = new RegExp(
  String.raw`(?:^|[\s{,;])["']?[\w.-]{0,80}(?:${secretName.source})[\w.-]{0,80}["']?[ \t]*[:=][ \t]*(?:(?<quote>["'])(?<quoted>[^"'\n]*)\k<quote>|(?<plain>[^\s"'#,;}]+))`,
  'gim',
);
/** Shorter values of such variables are words (`true`, `none`) that stand in logs for themselves. */
const leastLength = 8;

/**
 * What nobody is to see of the way to a database and of an environment: the URL, the passwords in it and in PGPASSWORD, and the values of variables
 * that are called secrets, those of orchlab and those `declared` for a command; each as it is written there and as it is meant. Longest first: a
 * URL is replaced whole.
 */
export function secretsOf(databaseUrl: string, declared: Readonly<Record<string, string>> = {}): readonly string[] {
  const { password, searchParams } = new URL(databaseUrl);
  const inParameters = [...searchParams].filter(([name]) => /password/i.test(name)).map(([, value]) => value);
  const inEnvironment = [process.env, declared].flatMap((variables) =>
    Object.entries(variables).flatMap(([name, value = '']) => (secretName.test(name) && value.length >= leastLength ? [value] : [])),
  );
  const written = [password, ...inParameters, process.env['PGPASSWORD'] ?? '', ...inEnvironment];
  const secrets = [databaseUrl, ...written.flatMap((secret) => [secret, decoded(secret), encodeURIComponent(secret)])];
  return [...new Set(secrets)].filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
}

/**
 * The values in a file made for an engine that are called secrets there (`api_token: ...`, `PASSWORD=...`, `"secret": "..."`), and the passwords of
 * the URLs in it; whoever wrote them into the file meant them for the engine alone.
 */
export function secretsInText(text: string): readonly string[] {
  const named = [...text.matchAll(namedValue)].map(({ groups: { quoted = '', plain = '' } = {} }) => quoted || plain);
  const inUrls = [...text.matchAll(/:\/\/[^\s/:@]*:([^\s/@]+)@/g)].map(([, password = '']) => password);
  return [...new Set([...named, ...inUrls])].filter(({ length }) => length >= leastLength).sort((a, b) => b.length - a.length);
}

/** A text with every secret replaced by `***`. */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

/**
 * Replaces the secrets in a file of any size by `***`; one that holds none is left as it is, one that is gone holds none. Nobody may write to it meanwhile.
 *
 * Throws when that can't be done, saying that the file holds what it should not.
 */
export async function redactFile(path: string, secrets: readonly string[]): Promise<void> {
  // As single bytes: whatever was printed stays as it was, also what is no UTF-8.
  const asBytes = secrets.map((secret) => Buffer.from(secret).toString('latin1'));
  if (!existsSync(path) || !(await holdsAny(path, asBytes))) return;
  const redacted = `${path}.part`;
  try {
    const write = createWriteStream(redacted, { encoding: 'latin1' });
    await pipeline(readBytes(path), (chunks: AsyncIterable<string>) => redactChunks(chunks, asBytes), write);
    await rename(redacted, path);
  } catch (error) {
    await rm(redacted, { force: true }).catch(() => undefined);
    throw new Error(`${path} holds the database's password, and it could not be taken out: ${(error as Error).message}; delete it`, {
      cause: error,
    });
  }
}

async function holdsAny(path: string, secrets: readonly string[]): Promise<boolean> {
  let rest = '';
  for await (const chunk of readBytes(path) as AsyncIterable<string>) {
    const text = rest + chunk;
    if (secrets.some((secret) => text.includes(secret))) return true;
    rest = text.slice(text.length - overlapOf(text, secrets));
  }
  return false;
}

async function* redactChunks(chunks: AsyncIterable<string>, secrets: readonly string[]): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const text = redactSecrets(rest + chunk, secrets);
    const end = text.length - overlapOf(text, secrets);
    yield text.slice(0, end);
    rest = text.slice(end);
  }
  yield rest;
}

/** Characters at the end of a text in which a secret may have begun that the next chunk ends. */
function overlapOf(text: string, secrets: readonly string[]): number {
  return Math.min(text.length, Math.max(0, ...secrets.map(({ length }) => length - 1)));
}

function readBytes(path: string): ReadStream {
  return createReadStream(path, { encoding: 'latin1' });
}

function decoded(secret: string): string {
  try {
    return decodeURIComponent(secret);
  } catch {
    return secret; // a percent sign that stands for itself
  }
}
