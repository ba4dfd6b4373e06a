import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { redactFile, redactSecrets, secretsInText, secretsOf } from '../../src/processes/secrets.ts';

const directory = mkdtempSync(join(tmpdir(), 'orchlab-secrets-'));
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => {
  vi.unstubAllEnvs();
});

const url = 'postgres://me:p%40ss%C3%A9word@db.example:5432/orchlab';

describe('the secrets of a database', () => {
  it('are its URL and its password, as it is written and as it is meant', () => {
    const printed = `DATABASE_URL=${url}\nPGUSER=me PGPASSWORD=p@sséword encoded p%40ss%C3%A9word`;
    expect(redactSecrets(printed, secretsOf(url))).toBe('DATABASE_URL=***\nPGUSER=me PGPASSWORD=*** encoded ***');
  });

  it('may stand in parameters and in PGPASSWORD', () => {
    vi.stubEnv('PGPASSWORD', 'from the environment');
    const secrets = secretsOf('postgresql:///orchlab?host=/run/postgresql&password=in%20parameters');
    expect(redactSecrets('in parameters, in%20parameters, from the environment', secrets)).toBe('***, ***, ***');
  });

  it('are none without a password, but the URL', () => {
    vi.stubEnv('PGPASSWORD', '');
    expect(secretsOf('postgres://me@db.example/orchlab')).toEqual(['postgres://me@db.example/orchlab']);
  });
});

describe('the secrets in a text', () => {
  it.each([
    ['api_token: abcdefgh1', ['abcdefgh1']],
    ['  "db-password" : "with blank 2",', ['with blank 2']],
    ["export ENGINE_SECRET='quoted 33'", ['quoted 33']],
    ['[server]\nclient_secret = plain-value-4 # kept', ['plain-value-4']],
    ['{"credentials":"inline-five","name":"no secret"}', ['inline-five']],
    ['store: amqp://me:in-the-url-6@host/x', ['in-the-url-6']],
    ['password: short', []],
    ['secret_rotation:\n  every: 86400000', []],
    ['max_tokens_in_flight: 5', []],
  ])('%j are %j', (text, expected) => {
    expect(secretsInText(text)).toEqual(expected);
  });

  it('are found in no more time than the text is long', () => {
    expect(secretsInText(`${'token'.repeat(20_000)} ${'a-'.repeat(50_000)}=`)).toEqual([]);
  });
});

describe('a file', () => {
  const path = join(directory, 'scheduler-0.log');

  it('loses every secret, wherever the pieces that it is read in begin, and nothing else', async () => {
    // Read in pieces of 64 KiB: the secrets lie across every boundary, and the bytes around them are no UTF-8.
    const piece = 65_536;
    const before = Buffer.alloc(piece - 20, 0xe9);
    const between = Buffer.alloc(piece - Buffer.byteLength(url), 'x');
    const password = Buffer.from('p@sséword');
    writeFileSync(path, Buffer.concat([before, Buffer.from(url), between, Buffer.from(url), Buffer.from('\n'), password]));
    await redactFile(path, secretsOf(url));
    const stars = Buffer.from('***');
    expect(readFileSync(path).equals(Buffer.concat([before, stars, between, stars, Buffer.from('\n***')]))).toBe(true);
    expect(readdirSync(directory)).toEqual(['scheduler-0.log']);
  });

  it('that holds none is not written anew', async () => {
    writeFileSync(path, 'p@ss word\n'.repeat(100_000));
    const { ino } = statSync(path);
    await redactFile(path, secretsOf(url));
    expect(statSync(path).ino).toBe(ino);
  });

  it('that can not be written anew is said to hold the password', async () => {
    writeFileSync(path, url);
    mkdirSync(`${path}.part`);
    await expect(redactFile(path, secretsOf(url))).rejects.toThrow(
      /scheduler-0\.log holds the database's password, and it could not be taken out: EISDIR.*; delete it$/,
    );
  });
});
