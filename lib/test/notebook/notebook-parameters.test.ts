import { describe, expect, test } from 'vitest';
import { parameterNames, parseParameters, withParameters } from '../../src/notebook/notebook-parameters.ts';
import { codeCell, notebook } from './notebook-fixture.ts';

const declared = notebook([
  codeCell("let config = 'quick';\nconst rates: number[] = [1];\nvar deep = { a: 1 };", ['parameters']),
  'config',
]);

test.each([
  ['n=3', { n: 3 }],
  ['on=true', { on: true }],
  ['none=null', { none: null }],
  ['list=[1, "a"]', { list: [1, 'a'] }],
  ['object={"a": 1}', { object: { a: 1 } }],
  ['text=standard', { text: 'standard' }],
  ['quoted="3"', { quoted: '3' }],
  ['equals=a=b', { equals: 'a=b' }],
  ['empty=', { empty: '' }],
])('%s', (pair, expected) => {
  expect(parseParameters([pair])).toEqual(expected);
});

test.each(['n', '=3', '1n=3', 'a b=3', ''])('"%s" is refused', (pair) => {
  expect(() => parseParameters([pair])).toThrow(`expected a parameter as name=value, got "${pair}"`);
});

describe('withParameters', () => {
  test('knows the names that the parameters cell declares', () => {
    expect(parameterNames(declared)).toEqual(['config', 'rates', 'deep']);
  });

  test('adds one cell after the declarations, which a second time replaces', () => {
    const once = withParameters(declared, { config: 'it\'s "x"' }, 'a.ipynb');
    const twice = withParameters(once, { rates: [2] }, 'a.ipynb');
    expect(once.cells.map((cell) => cell.source)).toEqual([declared.cells[0]?.source, 'var config = "it\'s \\"x\\"";', ['config']]);
    expect(twice.cells.map((cell) => cell.metadata.tags)).toEqual([['parameters'], ['injected-parameters'], []]);
    expect(twice.cells[1]?.source).toBe('var rates = [\n 2\n];');
    expect(declared.cells).toHaveLength(2);
  });

  test('refuses a name that is not declared', () => {
    expect(() => withParameters(declared, { confg: 1 }, 'a.ipynb')).toThrow(
      'a.ipynb: expected one of its parameters (config, rates, deep), got "confg"',
    );
    expect(() => withParameters(notebook(['1']), { a: 1 }, 'b.ipynb')).toThrow(
      'b.ipynb: expected no parameter, as it has no cell tagged "parameters", got "a"',
    );
  });
});
