import { DatabaseError } from './database-server.ts';

const schemes = new Set(['postgres:', 'postgresql:']);

/** The parts of a database URL that may be shown. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** Parses a URL like postgres://user:password@host:5432/database; throws a DatabaseError that does not repeat it. */
export function parseDatabaseUrl(url: string, source = 'DATABASE_URL'): URL {
  // No cause: the error of `new URL` carries its input, password and all.
  const parsed = toUrl(url);
  if (parsed && schemes.has(parsed.protocol) && !isCutShort(parsed)) return parsed;
  const got = !parsed
    ? `something that is no URL; ${encodingAdvice}`
    : schemes.has(parsed.protocol)
      ? `one with an @ behind the host; ${encodingAdvice}`
      : `one that begins with ${parsed.protocol}`;
  throw new DatabaseError(`${source}: expected a URL like postgres://user:password@host:5432/database, got ${got}`);
}

const encodingAdvice =
  'in a password the characters / ? # and @ must be percent-encoded, as %2F, %3F, %23 and %40 (and an @ of the database name as %40)';

/** Whether a `/`, `?` or `#` of the password was taken for the end of the host: then the real host, with its @, comes after it. */
function isCutShort({ pathname, hash, searchParams }: URL): boolean {
  return `${pathname}${hash}`.includes('@') || [...searchParams.keys()].some((name) => name.includes('@'));
}

/** What there is to say of a URL that leads nowhere, though it is one: an `@` in its password, which libpq takes for the last one. */
export function passwordAdvice(url: string): string | undefined {
  const [, account = ''] = /^[a-z]+:\/\/([^/?#]*)@/i.exec(url) ?? [];
  return account.includes('@') ? `The password has an @ that is not percent-encoded: write it as %40` : undefined;
}

/** Where a database URL leads, with the defaults of libpq filled in. */
export function addressOf(url: string): DatabaseAddress {
  const parsed = parseDatabaseUrl(url);
  const user =
    parsed.searchParams.get('user') ?? (decodeURIComponent(parsed.username) || process.env['PGUSER'] || process.env['USER'] || '');
  return {
    host:
      parsed.searchParams.get('host') ??
      (decodeURIComponent(parsed.hostname).replaceAll(/^\[|\]$/g, '') || process.env['PGHOST'] || 'localhost'),
    port: Number(parsed.searchParams.get('port') ?? (parsed.port || process.env['PGPORT'] || 5432)),
    database: decodeURIComponent(parsed.pathname.slice(1)) || process.env['PGDATABASE'] || user,
    user,
  };
}

/** The address as a phrase for messages: `database "d" as user "u" at host:port`. */
export function describeAddress(url: string): string {
  const { host, port, database, user } = addressOf(url);
  return `database "${database}" as user "${user}" at ${host}:${port}`;
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const parsed = parseDatabaseUrl(url);
  parsed.pathname = `/${encodeURIComponent(database)}`;
  return parsed.href;
}

/** The same database, by connections that the server knows under a name. */
export function withApplicationName(url: string, name: string): string {
  const parsed = parseDatabaseUrl(url);
  parsed.searchParams.set('application_name', name);
  return parsed.href;
}

/** The URL with a password, where it has none of its own. */
export function withPassword(url: string, password: string | undefined): string {
  const parsed = parseDatabaseUrl(url);
  if (!password || parsed.password !== '' || parsed.searchParams.has('password')) return url;
  if (parsed.hostname === '') parsed.searchParams.set('password', password);
  else parsed.password = encodeURIComponent(password);
  return parsed.href;
}

/** The URL for showing: the password, and every parameter that may hold a secret, replaced by `***`. */
export function redactUrl(url: string): string {
  const parsed = toUrl(url);
  if (!parsed) return '***';
  if (parsed.password) parsed.password = '***';
  for (const name of new Set(parsed.searchParams.keys())) {
    if (/pass|secret|token|key/i.test(name)) parsed.searchParams.set(name, '***');
  }
  return parsed.href;
}

/**
 * The URL, or undefined. User and password stand before the host, where every client looks for them (libpq takes them as parameters,
 * too); without a host (Unix socket), which only Postgres knows, they go to the parameters.
 */
function toUrl(url: string): URL | undefined {
  if (URL.canParse(url)) return withAccountBeforeHost(new URL(url));
  const match = /^(postgres(?:ql)?:\/\/)([^:@/]*)(?::([^@/]*))?@(\/.*)$/.exec(url);
  if (!match || !URL.canParse(`${match[1]}${match[4]}`)) return undefined;
  const parsed = new URL(`${match[1]}${match[4]}`);
  for (const [name, value] of [
    ['user', match[2]],
    ['password', match[3]],
  ] as const) {
    if (value) parsed.searchParams.set(name, decodeURIComponent(value));
  }
  return parsed;
}

function withAccountBeforeHost(url: URL): URL {
  if (url.hostname === '') return url;
  for (const [name, part] of [
    ['user', 'username'],
    ['password', 'password'],
  ] as const) {
    const value = url.searchParams.get(name);
    if (value === null) continue;
    url[part] = encodeURIComponent(value);
    url.searchParams.delete(name);
  }
  return url;
}
