import { RE2JS } from 're2js';

/** A regular expression that takes no more time than its text is long, whoever wrote it: matched by an automaton (RE2), never by going back. */
export interface LinearPattern {
  /** Whether it matches anywhere in the text. */
  isIn(text: string): boolean;
  /** The first match and its groups, as `RegExp.exec` has them; undefined where there is none. */
  first(text: string): readonly (string | undefined)[] | undefined;
}

/** What one may be, for error messages. */
export const linearPatternWords =
  'a regular expression that RE2 knows: without look-around ((?=, (?!, (?<=, (?<!), back-references (\\1) and huge repetitions, as those can take for ever';

/**
 * Compiles a regular expression in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax): that of JavaScript but for what needs going back. With
 * `multiline` ^ and $ are also at line breaks. Throws an Error that says what is wrong with it.
 */
export function linearPattern(pattern: string, { multiline = false }: { readonly multiline?: boolean } = {}): LinearPattern {
  const compiled = RE2JS.compile(pattern, multiline ? RE2JS.MULTILINE : 0);
  return {
    isIn: (text) => compiled.matcher(text).find(),
    first(text) {
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return undefined;
      return Array.from({ length: compiled.groupCount() + 1 }, (_, group) => matcher.group(group) ?? undefined);
    },
  };
}
