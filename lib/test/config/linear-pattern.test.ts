import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linearPattern } from '../../src/config/linear-pattern.ts';
import { propertyRuns } from '../support/hostile.ts';

/** Patterns that nest repetitions in every way, over few letters. */
const nestedPattern = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 3, depthSize: 'medium' },
    fc.constantFrom('a', 'b', '.', '[ab]', String.raw`\d`, String.raw`\s`, '^', '$'),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `${one}${other}`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(${one}|${other})`),
    fc.tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '*?', '{1,3}')).map(([one, times]) => `(?:${one})${times}`),
  ),
})).pattern;

it('finds what a RegExp finds', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', '\n'), maxLength: 8 });
  fc.assert(
    fc.property(nestedPattern, text, fc.boolean(), (pattern, found, multiline) => {
      // Whether; how long the match is differs where a repetition is of nothing.
      expect(linearPattern(pattern, { multiline }).isIn(found)).toBe(new RegExp(pattern, multiline ? 'm' : '').test(found));
    }),
    propertyRuns(300),
  );
});

it('has the groups of the first match, undefined where one took no part', () => {
  expect(linearPattern(String.raw`id: (\d+)( x)?`).first('an id: 42, an id: 43')).toEqual(['id: 42', '42', undefined]);
  expect(linearPattern('id: (x)').first('none')).toBeUndefined();
});

// A RegExp would not come back from any of these.
it.each(['(a+)+$', '(a|aa)+$', '(a*)*b', String.raw`(\w+\s?)*!$`])('%s ends on a text for which going back takes for ever', (pattern) => {
  expect(linearPattern(pattern).isIn(`${'a'.repeat(100_000)}?`)).toBe(false);
});

it.each(['(?=a)b', '(?<!a)b', String.raw`(a)\1`, '((a{100}){100}){100}', '(', '*'])('%s is none', (pattern) => {
  expect(() => linearPattern(pattern)).toThrow(/error parsing regexp/);
});
