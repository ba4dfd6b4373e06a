import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addressOf,
  describeAddress,
  parseDatabaseUrl,
  passwordAdvice,
  redactUrl,
  withDatabase,
  withPassword,
} from '../../src/database/database-url.ts';

const url = 'postgres://lab:s3cret@db.example:6543/perf?sslmode=require';

describe('redactUrl', () => {
  test('keeps all but the password', () => {
    expect(redactUrl(url)).toBe('postgres://lab:***@db.example:6543/perf?sslmode=require');
    expect(redactUrl('postgres://lab@db.example/perf')).toBe('postgres://lab@db.example/perf');
  });

  test('knows passwords in parameters', () => {
    expect(redactUrl('postgres:///perf?host=/run/pg&password=s3cret&sslpassword=x')).toBe(
      'postgres:///perf?host=%2Frun%2Fpg&password=***&sslpassword=***',
    );
  });

  test('knows a user without a host', () => {
    expect(redactUrl('postgres://lab:s3cret@/perf?host=/run/pg')).toBe('postgres:///perf?host=%2Frun%2Fpg&user=lab&password=***');
  });

  test('what is no URL is not shown at all', () => expect(redactUrl('host=db password=s3cret')).toBe('***'));

  test('never shows a password, whatever it is made of', () => {
    assert(
      property(string({ minLength: 1 }), (secret) => {
        const password = `<${secret}>`;
        const redacted = redactUrl(`postgres://lab:${encodeURIComponent(password)}@db.example/perf`);
        expect(redacted).toBe('postgres://lab:***@db.example/perf');
      }),
    );
  });
});

describe('addressOf', () => {
  test('a whole URL', () => expect(addressOf(url)).toEqual({ host: 'db.example', port: 6543, database: 'perf', user: 'lab' }));
  test('IPv6', () => expect(addressOf('postgres://lab@[::1]/perf')).toMatchObject({ host: '::1', port: 5432 }));
  test('a Unix socket', () =>
    expect(addressOf('postgres://lab@/perf?host=/run/pg')).toMatchObject({ host: '/run/pg', database: 'perf', user: 'lab' }));
  test('an encoded name', () => expect(addressOf('postgres://a%40b:x@h/my%20db')).toMatchObject({ user: 'a@b', database: 'my db' }));
  test('as words, without the password', () => expect(describeAddress(url)).toBe('database "perf" as user "lab" at db.example:6543'));
});

test('withDatabase changes the database alone', () => {
  expect(withDatabase(url, 'orchlab_a')).toBe('postgres://lab:s3cret@db.example:6543/orchlab_a?sslmode=require');
  expect(withDatabase('postgres:///perf?host=/run/pg', 'x')).toBe('postgres:///x?host=/run/pg');
});

test('an account in the parameters stands before the host for those who look only there', () => {
  const inParameters = 'postgres://db.example/perf?user=a%40b&password=s3%25:cret&sslmode=require';
  expect(withDatabase(inParameters, 'x')).toBe('postgres://a%40b:s3%25%3Acret@db.example/x?sslmode=require');
  expect(addressOf(inParameters)).toMatchObject({ user: 'a@b', host: 'db.example' });
  expect(redactUrl(inParameters)).toBe('postgres://a%40b:***@db.example/perf?sslmode=require');
});

test.each([
  ['mysql://lab:s3cret@db/perf', 'one that begins with mysql:'],
  ['postgres://lab:s3cret@db:port/perf', 'something that is no URL'],
  ['s3cret', 'something that is no URL'],
  ['postgres://lab:x/s3cret@db/perf', 'something that is no URL; in a password the characters / ? # and @ must be percent-encoded, as %2F'],
  ['postgres://lab:12/s3cret@db/perf', 'one with an @ behind the host; in a password the characters / ? # and @ must be percent-encoded'],
  ['postgres://lab:x@y/s3cret@db/perf', 'one with an @ behind the host'],
  ['postgres://lab:12?s3cret@db/perf', 'one with an @ behind the host'],
  ['postgres://lab:12#s3cret@db/perf', 'one with an @ behind the host'],
])('%s is refused without repeating it', (wrong, got) => {
  const error = catchError(() => parseDatabaseUrl(wrong));
  expect(error.message).toContain(`DATABASE_URL: expected a URL like postgres://user:password@host:5432/database, got ${got}`);
  expect(`${error.stack} ${JSON.stringify(error.cause)}`).not.toContain('s3cret');
});

test('an @ of the password is part of it, and named where that leads nowhere', () => {
  const withAt = 'postgres://lab:s3@cret@db.example/perf';
  expect(withDatabase(withAt, 'x')).toBe('postgres://lab:s3%40cret@db.example/x');
  expect(describeAddress(withAt)).toBe('database "perf" as user "lab" at db.example:5432');
  expect(passwordAdvice(withAt)).toBe('The password has an @ that is not percent-encoded: write it as %40');
  expect(passwordAdvice(url)).toBeUndefined();
});

test('withPassword fills in one, and replaces none', () => {
  expect(withPassword('postgres://lab@db.example/perf', 'a/b@c')).toBe('postgres://lab:a%2Fb%40c@db.example/perf');
  expect(withPassword('postgres:///perf?host=/run/pg', 'a/b')).toBe('postgres:///perf?host=%2Frun%2Fpg&password=a%2Fb');
  expect(withPassword(url, 'other')).toBe(url);
  expect(withPassword('postgres://lab@db.example/perf', undefined)).toBe('postgres://lab@db.example/perf');
});

function catchError(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}
