import fc from 'fast-check';

/**
 * How often a property is tried, and with what seed: few and always the same in `npm test`; ORCHLAB_PROPERTY_RUNS=10000 tries so many with a
 * seed of that time, which a failure names, and ORCHLAB_PROPERTY_SEED tries those again.
 */
export function propertyRuns(usual = 50): { readonly numRuns: number; readonly seed: number } {
  const runs = process.env['ORCHLAB_PROPERTY_RUNS'];
  const seed = process.env['ORCHLAB_PROPERTY_SEED'] ?? (runs === undefined ? 1 : Date.now() % 2 ** 31);
  return { numRuns: Number(runs ?? usual), seed: Number(seed) };
}

const escape = '\x1b';

/** What breaks out of a text where it is put into something else unescaped. */
export const hostileTexts = [
  `"><img src=x onerror=alert(1)>`,
  `</script><script>alert(1)</script>`,
  `]]><x/>`,
  `<!--`,
  `${escape}]0;owned\x07${escape}[2J`,
  `${escape}[31mred${escape}[0m`,
  'a\u202eb\u2066c',
  'two\nlines\r\n# and `more` | *of* them',
  '\x00',
  `'; drop table tasks; --`,
  `"; drop database postgres; --`,
  '$1 $$ $tag$',
  '../../../etc/passwd',
  '/etc/passwd',
  '..',
  '.',
  '~',
  '$(touch owned)`touch owned`',
  '-rf',
  '%s%n%00',
  '{{env.HOME}} {{program.x}}',
  '__proto__',
  'constructor',
  '\ud800',
  'ß日本🎉',
  'x'.repeat(5000),
  ' ',
  '',
] as const;

/** One of those, alone or in the middle of an ordinary text, or any text at all. */
export const hostileText = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.tuple(fc.constantFrom(...hostileTexts), fc.constantFrom(...hostileTexts)).map(([one, other]) => `a${one}b${other}c`),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Numbers at the edges of what a number can be. */
export const hostileNumber = fc.oneof(
  fc.constantFrom(0, -0, -1, 1, 0.5, 1e-320, 1e6, 1e9, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, -1e300, Number.NaN, Infinity, -Infinity),
  fc.integer(),
  fc.double(),
);

/** A value of any kind: those above, and lists and blocks of them whose keys are hostile too. */
export const hostileValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    hostileText,
    hostileNumber,
    fc.constantFrom(null, true, false),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(hostileText, tie('value')), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries) as Record<string, unknown>),
  ),
})).value;

/** Characters that a terminal acts on, but line breaks and tabs. */
export const terminalControls = /[[\p{Cc}\p{Bidi_C}]--[\t\n]]/v;
