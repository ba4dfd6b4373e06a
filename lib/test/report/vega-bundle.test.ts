import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';
import { escapeScript, scriptJson, vegaBundle } from '../../src/report/vega-bundle.ts';

const timers = { setTimeout, clearTimeout, setInterval, clearInterval };

test('can stand in a script element and defines vega, vegaLite and vegaEmbed', () => {
  expect(vegaBundle()).not.toMatch(/<\/?script|<!--|sourceMappingURL/i);
  expect(vegaBundle().length).toBeLessThan(1e6);
  // A page with an AMD loader, as old notebooks have: the bundle must not register itself there.
  const context = createContext({
    define: Object.assign(() => expect.unreachable(), { amd: true }),
    console,
    structuredClone,
    URL,
    ...timers,
  });
  runInContext(vegaBundle(), context);
  expect(runInContext('[typeof vega.View, typeof vegaLite.compile, typeof vegaEmbed]', context)).toEqual([
    'function',
    'function',
    'function',
  ]);
});

test('scripts and JSON are escaped without a change of meaning', () => {
  const text = '</script> <!-- <SCRIPT> a<b';
  expect(escapeScript(JSON.stringify(text))).toBe(String.raw`"\x3C/script> \x3C!-- \x3CSCRIPT> a<b"`);
  expect(scriptJson({ text })).not.toContain('<');
  expect(JSON.parse(scriptJson({ text }))).toEqual({ text });
});
