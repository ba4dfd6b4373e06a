import { expect, test } from 'vitest';
import { redact } from '../../src/report/redact.ts';

test.each([
  ['see /home/ann/x/log.txt.', 'see …/log.txt.'],
  ['"/tmp/a b"', '"…/a b"'],
  ['file:///home/ann/x.log', 'file://…/x.log'],
  ['C:\\Users\\ann\\x.log failed', '…\\x.log failed'],
  ['postgres://ann:pw@db:5432/app', 'postgres://…@db:5432/app'],
  ['postgres://db:5432/app', 'postgres://db:5432/app'],
  ['a/b/c, 3 / 4, tasks/s, and/or', 'a/b/c, 3 / 4, tasks/s, and/or'],
  ['perf-configs/quick.yaml:3 duration: expected a number', 'perf-configs/quick.yaml:3 duration: expected a number'],
])('%s', (text, expected) => {
  expect(redact(text)).toBe(expected);
});
