import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact } from '../../src/report/redact.ts';

test.each([
  ['see /home/ann/x/log.txt.', 'see …/log.txt.'],
  ['\u001b[31m/home/ann/x\u001b[0m', '…/x'],
  ['"/tmp/a b"', '"…/a b"'],
  ['file:///home/ann/x.log', 'file://…/x.log'],
  ['C:\\Users\\ann\\x.log failed', '…\\x.log failed'],
  ['postgres://ann:pw@db:5432/app', 'postgres://…@db:5432/app'],
  ['postgres://db:5432/app', 'postgres://db:5432/app'],
  ['a/b/c, 3 / 4, tasks/s, and/or', 'a/b/c, 3 / 4, tasks/s, and/or'],
  ['perf-configs/quick.yaml:3 duration: expected a number', 'perf-configs/quick.yaml:3 duration: expected a number'],
  ['postgres://u:p@ss@host/db', 'postgres://…@host/db'],
  ['postgresql://u:p/w?x#y@host/db', 'postgresql://…@host/db'],
  ['postgres://u:my pass word@host/db is down', 'postgres://…@host/db is down'],
  ['postgres://host/db?user=u&password=p@ss&sslmode=require', 'postgres://host/db?user=u&password=…&sslmode=require'],
  ['postgres://u@host/db?sslpassword=k', 'postgres://…@host/db?sslpassword=…'],
  ['host=db user=u password=secret dbname=app', 'host=db user=u password=… dbname=app'],
  ["host=db password = 'a b\\' c' dbname=app", 'host=db password = … dbname=app'],
  ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=… psql'],
  ['PGPASSWORD="a b" psql', 'PGPASSWORD=… psql'],
  [`PGPASSWORD='a'\\''b c' psql`, 'PGPASSWORD=… psql'],
  ["password='never ended", 'password=…'],
  ['{"password":"a \\" b","user":"u"}', '{"password":"…","user":"u"}'],
  ['amqp://u:p@ss@queue/x', 'amqp://…@queue/x'],
  ['the password was wrong; tokens: 3', 'the password was wrong; tokens: 3'],
])('%s', (text, expected) => {
  expect(redact(text)).toBe(expected);
});

test('no password survives, however it is written', () => {
  const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
  const forms: readonly ((password: string) => string)[] = [
    (password) => `postgres://u:${password}@host:5432/db`,
    (password) => `can't reach "postgresql://u:${encodeURIComponent(password)}@host/db", and more`,
    (password) => `postgres://host/db?password=${encodeURIComponent(password)}&a=b`,
    (password) => `http://u:${encodeURIComponent(password)}@host/`,
    (password) => `host=h password=${quoted(password)} user=u`,
    (password) => `PGPASSWORD=${JSON.stringify(password)} psql`,
    (password) => JSON.stringify({ password }),
  ];
  const line = fc.string({ unit: 'grapheme-ascii' });
  fc.assert(
    fc.property(line, fc.constantFrom(...forms), (middle, form) => {
      expect(redact(form(`Zq1${middle}1qZ`))).not.toMatch(/Zq1|1qZ/);
    }),
    { numRuns: 2000 },
  );
});
