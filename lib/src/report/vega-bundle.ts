import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { printableJson } from './printable.ts';

const packages = ['vega', 'vega-lite', 'vega-embed'] as const;

let bundle: string | undefined;

/**
 * The browser builds of vega, vega-lite and vega-embed as one script (about 840 kB), to put between `<script>` tags.
 *
 * Holds nothing that ends a script element or opens a comment, so it can be written into a page as it is. Defines the
 * globals `vega`, `vegaLite` and `vegaEmbed`, also in a page that has an AMD loader (require.js).
 */
export function vegaBundle(): string {
  return (bundle ??= escapeScript(['(function(define,module,exports){', ...packages.map(browserBuild), '}).call(globalThis);'].join('\n')));
}

function browserBuild(name: (typeof packages)[number]): string {
  // The packages export only their module builds: the browser build lies beside the one that resolves.
  const entry = createRequire(import.meta.url).resolve(name);
  const source = readFileSync(join(dirname(entry), `${name}.min.js`), 'utf8');
  return source.replaceAll(/^\/\/# sourceMappingURL=.*$/gm, '');
}

/** Makes JavaScript or JSON safe inside a `<script>` element; what it means stays the same. */
export function escapeScript(source: string): string {
  return source.replaceAll(/<(?=\/script|script|!--)/gi, String.raw`\x3C`);
}

/** A value as JSON that is safe inside a `<script>` element. */
export function scriptJson(value: unknown): string {
  return printableJson(value).replaceAll('<', String.raw`\u003c`);
}
