import { expect, test } from 'vitest';
import { spellOutShorthands } from '../../src/notebook/kernel/spell-out-shorthands.ts';

const earlier = (name: string): boolean => ['a', 'größe', '$b'].includes(name);

test.each([
  ['f({ a })', 'f({ a: a })'],
  ['f({ a, own, $b, ...a }, [{ größe }])', 'f({ a: a, own, $b: $b, ...a }, [{ größe: größe }])'],
  ['const g = (x: number) => ({ a, x: { a } })', 'const g = (x: number) => ({ a: a, x: { a: a } })'],
  ['({ a = 1 } = {} as any)', '({ a: a = 1 } = {} as any)'],
  ['const { a } = f(); `${{ a: 1 }.a}`', 'const { a } = f(); `${{ a: 1 }.a}`'],
  ['{ a }', '{ a }'],
  ['"{ a }" // { a }', '"{ a }" // { a }'],
])('%s', (source, expected) => {
  expect(spellOutShorthands(source, earlier)).toBe(expected);
});
