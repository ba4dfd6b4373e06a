import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import type * as Vega from 'vega';
import type * as VegaLite from 'vega-lite';
import { textWidth } from './text-width.ts';

/** The parts of vega and vega-lite that drawing a plot needs. */
export interface VegaRuntime {
  readonly vega: typeof Vega & { readonly SVGStringRenderer: new (loader: Vega.Loader) => SvgStringRenderer };
  readonly vegaLite: typeof VegaLite;
}

/** vega's own SVG writer; its type declarations leave it out. */
export interface SvgStringRenderer {
  initialize(element: null, width: number, height: number, origin: readonly [number, number], scaleFactor: number): this;
  background(color: string): this;
  render(scene: unknown): this;
  svg(): string;
}

let runtime: VegaRuntime | undefined;

/**
 * vega and vega-lite, loaded when first asked for (about 40 ms) and without waiting.
 *
 * Their ES modules have a top-level await (an optional canvas), so they can be imported neither by a notebook cell nor in the
 * middle of a synchronous `show`. Their browser builds, the ones that go into HTML reports too, have none: those are run here.
 */
export function vegaRuntime(): VegaRuntime {
  if (runtime) return runtime;
  const vega = loadBrowserBuild('vega', {});
  const vegaLite = loadBrowserBuild('vega-lite', { vega });
  Object.assign((vega as { textMetrics: object }).textMetrics, { width: textWidth });
  return (runtime = { vega, vegaLite } as unknown as VegaRuntime);
}

function loadBrowserBuild(name: string, dependencies: Readonly<Record<string, object>>): object {
  const entry = createRequire(import.meta.url).resolve(name);
  const filename = join(dirname(entry), `${name}.min.js`);
  const module = { exports: {} };
  const run = compileFunction(readFileSync(filename, 'utf8'), ['exports', 'module', 'require'], { filename });
  run(module.exports, module, (id: string) => {
    const dependency = dependencies[id];
    if (!dependency) throw new Error(`${filename}: expected to need only ${Object.keys(dependencies).join(', ')}, but it asks for ${id}`);
    return dependency;
  });
  return module.exports;
}
