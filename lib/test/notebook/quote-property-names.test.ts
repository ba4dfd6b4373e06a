import { expect, test } from 'vitest';
import { quotePropertyNames } from '../../src/notebook/kernel/quote-property-names.ts';

test.each([
  ['for (const { a: x } of [p, q]) f(x);', "for (const { 'a': x } of [p, q]) f(x);"],
  ['const { a: { größe: x }, $b : y = 1, c, ...rest } = p;', "const { 'a': { 'größe': x }, '$b' : y = 1, c, ...rest } = p;"],
  ['const f = ({ a: x }: { a: number }) => ({ a: x });', "const f = ({ 'a': x }: { a: number }) => ({ a: x });"],
  [`const { 'a': x, [k]: y, 1: z } = p;`, `const { 'a': x, [k]: y, 1: z } = p;`],
  ['"{ a: x }" // const { a: x } = p', '"{ a: x }" // const { a: x } = p'],
])('%s', (source, expected) => {
  expect(quotePropertyNames(source)).toBe(expected);
});
