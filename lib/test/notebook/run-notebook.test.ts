import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Cell, Output } from '../../src/notebook/notebook-file.ts';
import { type Outcome, codeCell, execute, imports, notebook } from './notebook-fixture.ts';

const plotSpec = JSON.stringify({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  title: 'Two bars',
  data: { values: [1, 2].map((y) => ({ x: `bar ${y}`, y })) },
  mark: 'bar',
  encoding: { x: { field: 'x' }, y: { field: 'y', type: 'quantitative' } },
});

const setUp = [
  imports('show', 'report/show.ts'),
  imports('enableRichLastValues', 'report/last-value.ts'),
  imports('plot', 'plots/own-plot.ts'),
  `enableRichLastValues();\nimport * as aq from 'arquero';\nconst table = aq.table({ name: ['<a>', 'b'], p50Seconds: [0.25, 1.5] });`,
];

const data = (output: Output | undefined): Readonly<Record<string, unknown>> => (output?.['data'] ?? {}) as Record<string, unknown>;
const mimeTypes = (output: Output | undefined): string[] => Object.keys(data(output)).sort();
const text = (lines: unknown): string => (Array.isArray(lines) ? lines.join('') : String(lines));
const streamText = (outputs: readonly Output[] = []): string => outputs.map((output) => text(output['text'] ?? '')).join('');

const rich = [
  'show(table);',
  'table',
  `show(${plotSpec});`,
  `plot(${plotSpec})`,
  'console.log(table); console.error("to stderr"); console.log("after");',
  'for (let i = 0; i < 5000; i++) console.log(`line ${i}`);',
];

// Each of these once took the notebook, its browser or its runner down, or would.
const floods = [
  "'x'.repeat(1e6)",
  'new Float64Array(1e6)',
  'Array.from({ length: 1e5 }, (_, n) => ({ n, table }))',
  'Array.from({ length: 1e5 }, (_, n) => ({ n, name: `name ${n}` }))',
  '({ table, nested: [table] })',
  "process.stdout.write('y'.repeat(3e6));",
  "for (let i = 0; i < 2e5; i++) console.log('0123456789');",
  '[table, table]',
];

const apart = ['const p = { a: 1 };\nconst q = { a: 2 };', 'for (const { a: x } of [p, q]) console.log(JSON.stringify({ x, p }));'];

const progress = JSON.stringify({
  name: 'x', directory: 'perf-results/x', config: '<b>quick</b>', target: 'dbos', phase: 'load', step: 'sending', elapsedSeconds: 1, remainingSeconds: 2,
  runs: { total: 10, sent: 10 }, tasks: { total: 50, submitted: 45, ended: 25 },
  tasksPerSecond: 25, latencySeconds: { recent: 1.24, mean: 0.5 }, scheduler: { rssBytes: 9e7, cpuRatio: 0.5 }, workers: { count: 4, rssBytes: 1e7, cpuRatio: 0.1 }, postgres: { rssBytes: 5e7, cpuRatio: 0.2 }, roles: [],
}); // prettier-ignore
const follows = [
  imports('openLiveView', 'report/live-view.ts'),
  imports('buildExperiment', '../test/support/build-experiment.ts'),
  `const view = openLiveView();\nfor (let i = 0; i < 3; i++) { view.update(${progress}); await new Promise((done) => setTimeout(done, 300)); }\nview.end(buildExperiment());`,
];

describe('outputs of cells', () => {
  // One notebook: a kernel takes more than all that they do.
  const all = [...setUp, ...rich, ...floods, ...apart, ...follows];
  const shown: string[] = [];
  let run: Outcome;
  beforeAll(async () => {
    run = await execute(notebook(all), { onEvent: (event) => void (event.event === 'output' && shown.push(event.text)) });
    expect(run.error).toBeUndefined();
    expect(run.executed.cells).toBe(all.length);
  });

  /** Of some of the cells of `all`. */
  function outputsOf(some: readonly string[]): readonly (readonly Output[])[] {
    const first = all.indexOf(some[0] ?? '');
    return run.cells.slice(first, first + some.length).map((cell: Cell) => cell.outputs ?? []);
  }

  test('tables, plots and last values are one rich output each; text stays text', () => {
    const [shownTable, lastTable, shownPlot, lastPlot, logged, flood] = outputsOf(rich);

    expect(shownTable?.map(mimeTypes)).toEqual([['text/html', 'text/plain']]);
    expect(lastTable).toEqual(shownTable);
    const html = text(data(shownTable?.[0])['text/html']);
    expect(html).toContain('p50Seconds');
    expect(html).toContain('&lt;a&gt;');

    const plotTypes = ['application/vnd.vegalite.v5+json', 'image/png', 'image/svg+xml', 'text/plain'];
    expect(shownPlot?.map(mimeTypes)).toEqual([plotTypes]);
    expect(lastPlot?.map(mimeTypes)).toEqual([plotTypes]);
    const plotData = data(shownPlot?.[0]);
    expect(text(plotData['text/plain'])).toBe('[plot: Two bars]');
    expect(plotData['application/vnd.vegalite.v5+json']).toMatchObject({ $schema: 'https://vega.github.io/schema/vega-lite/v5.json' });
    expect(Buffer.from(String(plotData['image/png']), 'base64').subarray(1, 4).toString()).toBe('PNG');

    expect(logged?.map((output) => output['name'])).toEqual(['stdout', 'stderr']);
    expect(streamText(logged)).toMatch(/^name +p50Seconds\n[^]*\nafter\nto stderr\n$/);
    expect(streamText(flood)).toBe(Array.from({ length: 5000 }, (_, line) => `line ${line}\n`).join(''));
  });

  test('no output is a flood', () => {
    const outputs = outputsOf(floods);
    const length = (each: readonly Output[] | undefined): number => streamText(each).length;
    expect(streamText(outputs[0])).toMatch(/^x{10000}\n… 990,000 further characters\n$/);
    expect(length(outputs[1])).toBeLessThan(1000);
    expect(streamText(outputs[2])).toContain('table: [table: 2 rows of name, p50Seconds]');
    expect(length(outputs[2])).toBeLessThan(10_100);
    expect(text(data(outputs[3]?.[0])['text/plain'])).toMatch(/20 of 100,000 rows$/);
    const inside = '[table: 2 rows of name, p50Seconds]';
    expect(streamText(outputs[4])).toBe(`{ table: ${inside}, nested: [ ${inside} ] }\n`);
    for (const flood of outputs.slice(5, 7)) {
      expect(length(flood)).toBeLessThan(1_000_100);
      expect(streamText(flood)).toMatch(/\n… the rest is left out: a cell shows a million characters of text\n$/);
    }
    expect(outputs[7]?.map(mimeTypes)).toEqual([
      ['text/html', 'text/plain'],
      ['text/html', 'text/plain'],
    ]);
  });

  test('what an earlier cell has can be taken apart and put together', () => {
    expect(outputsOf(apart)[1]?.map((output) => [output['text']].flat().join(''))).toEqual(['{"x":1,"p":{"a":1}}\n{"x":2,"p":{"a":1}}\n']);
  });

  test('an output follows an experiment in place and names it in the end', () => {
    expect(shown.filter((each) => each.includes('/50 tasks')).slice(0, 3)).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining('25/50 tasks')),
    );
    const [output, ...others] = outputsOf(follows).at(-1) ?? [];
    expect(others).toEqual([]);
    const html = text(data(output)['text/html']);
    expect(html).toContain('500 of 500 finished');
    expect(run.executed.experiments).toHaveLength(1);
    expect(run.executed.experiments[0]).toMatch(/-standard$/);
  });
});

describe('failing cells', () => {
  test('an exception ends the notebook with an error output; what ran before it is kept', async () => {
    const throwing = 'await new Promise((done) => setTimeout(done, 5));\nthrow new RangeError(`no ${process.cwd()}`);';
    const { cells, error } = await execute(notebook(['console.log("first")', throwing, 'console.log("never")']));
    expect(error).toMatchObject({ cell: 2, ename: 'RangeError' });
    expect(error?.message).toMatch(/cell 2: RangeError: no /);
    const [output] = cells[1]?.outputs ?? [];
    expect(output).toMatchObject({ output_type: 'error', ename: 'RangeError', evalue: expect.stringMatching(/^no \.\/\.orchlab\//) });
    expect(output?.['traceback']).toEqual([
      expect.stringMatching(/^RangeError: no /),
      '    at cell 2, line 2',
      '    throw new RangeError(`no ${process.cwd()}`);',
      '          ^',
    ]);
    expect(streamText(cells[0]?.outputs)).toBe('first\n');
    expect(cells[2]).toMatchObject({ outputs: [], execution_count: null });
  });

  test('every kind of failure is an error output', async () => {
    const sources = ["console.log('not run');\nconst n: number = 'text';", "throw 'text';", 'await Promise.reject(new TypeError("late"));'];
    const allowed = sources.map((source, index) => codeCell(source, ['raises-exception'], `cell-${index}`));
    const { cells, error } = await execute(notebook([...allowed, 'console.log("goes on")']));
    expect(error).toBeUndefined();
    expect(cells.slice(0, 3).map((cell) => cell.outputs)).toMatchObject([
      [{ output_type: 'error', ename: 'TypeScriptError', evalue: expect.stringContaining('not assignable') }],
      [{ output_type: 'error', ename: 'Thrown', evalue: "'text'" }],
      [{ output_type: 'error', ename: 'TypeError', evalue: 'late' }],
    ]);
    expect(streamText(cells[3]?.outputs)).toBe('goes on\n');
  });

  test('an exception is shown where it is in the cells, and a column that is not there with those that are', async () => {
    const sources = [
      `import { table } from 'arquero';
import 'orchlab';
interface Shape {
  readonly sides: number;
}
function checked(n: number): number {
  if (n > 2) throw new RangeError('too large');
  return n;
}
const waits = table({ createdMs: [1], waitSeconds: [2] });`,
      `// Types and comments are gone when this runs.
const sides: Shape = { sides: 3 };
checked(sides.sides);`,
      "waits.orderby('latencySeconds')",
      'waits.derive({ twice: (d) => d.latencySeconds * 2 })',
      "waits.array('latencySeconds')",
    ];
    const { cells } = await execute(notebook(sources.map((source, index) => codeCell(source, ['raises-exception'], `cell-${index}`))));
    const [, thrown, ...columns] = cells.map((cell) => cell.outputs?.[0]);
    expect(thrown?.['traceback']).toEqual([
      'RangeError: too large',
      '    at checked (cell 1, line 7)',
      "      if (n > 2) throw new RangeError('too large');",
      '                       ^',
      '    at cell 2, line 3',
    ]);
    const there = 'expected a column of the table (createdMs, waitSeconds), got "latencySeconds"';
    expect(columns.map((output) => [output?.['ename'], output?.['evalue']])).toEqual(
      ['orderby', 'derive', 'array'].map((verb) => ['ColumnError', `${verb}: ${there}`]),
    );
  });

  test('an unhandled rejection fails the notebook', async () => {
    const { error } = await execute(notebook(["Promise.reject(new Error('lost'));\nawait new Promise((done) => setTimeout(done, 20));"]));
    expect(error).toMatchObject({ cell: 1, ename: 'SilentError', evalue: expect.stringContaining('lost') });
  });

  test('aborting ends the cell and its kernel, and keeps what was shown', async () => {
    const controller = new AbortController();
    let kernel = 0;
    const { error, cells } = await execute(notebook(['console.log(process.pid);\nawait new Promise(() => setInterval(() => {}, 1000));']), {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.event !== 'output') return;
        kernel = Number(event.text);
        controller.abort();
      },
    });
    expect(error).toMatchObject({ cell: 1, ename: 'Stopped' });
    expect(streamText(cells[0]?.outputs)).toBe(`${kernel}\n`);
    expect(cells[0]?.outputs?.at(-1)).toMatchObject({ ename: 'Interrupted' });
    expect(() => process.kill(kernel, 0)).toThrow(/ESRCH/);
  });

  test('is ended also where the interrupt comes while the cell is compiled', async () => {
    const controller = new AbortController();
    // Types that take seconds to work out: the interrupt comes as soon as the kernel says that it has begun.
    const types = 'type Deep<N extends number, A extends 0[] = []> = A["length"] extends N ? A : Deep<N, [...A, 0]>;';
    const many = Array.from(
      { length: 20 },
      (_, index) => `type T${index} = Deep<${900 + index}>["length"]; const t${index}: T${index} = ${900 + index};`,
    );
    const cell = `${types}\n${many.join('\n')}\nawait new Promise(() => setInterval(() => {}, 1000));`;
    const { error, cells } = await execute(notebook([cell]), {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.event === 'cell-started') controller.abort();
      },
    });
    expect(error).toMatchObject({ cell: 1, ename: 'Stopped' });
    expect(cells[0]?.outputs?.at(-1)).toMatchObject({ ename: 'Interrupted' });
  });

  test('one interrupt ends a loop that goes on regardless, and the cells after it', async () => {
    const controller = new AbortController();
    const series = `
      const step = async (name: string) => withNotebookInterrupt(undefined, async (signal: AbortSignal) => {
        console.log('begun: ' + name);
        await new Promise((done) => signal.addEventListener('abort', done));
      });
      const loop = async (names: string[]) => {
        for (const name of names) await step(name).catch((error: Error) => console.log(error.name + ': ' + name));
      };
      void loop(['d', 'e']);
      await loop(['a', 'b', 'c']);
      await new Promise((done) => setTimeout(done, 50));`;
    const cells = [imports('withNotebookInterrupt', 'run/notebook-interrupt.ts'), series, "await step('never');"];
    const { error, cells: executed } = await execute(notebook(cells), {
      signal: controller.signal,
      onEvent(event) {
        if (event.event === 'output' && event.text.includes('begun: a')) controller.abort();
      },
    });
    expect(error).toMatchObject({ cell: 2, ename: 'Stopped' });
    expect(streamText(executed[1]?.outputs).trim().split('\n').toSorted()).toEqual(
      ['begun: a', 'begun: d', 'InterruptedError: b', 'InterruptedError: c', 'InterruptedError: e'].toSorted(),
    );
    expect(executed[1]?.outputs?.at(-1)).toMatchObject({ ename: 'Interrupted' });
    expect(executed[2]).toMatchObject({ outputs: [], execution_count: null });
  });

  test('the kernel ends by itself when what started it was killed', async () => {
    const pids: number[] = [];
    const source = 'console.log(process.ppid, process.pid);\nawait new Promise(() => setInterval(() => {}, 1000));';
    const run = execute(notebook([source]), {
      onEvent: (event) => {
        if (event.event !== 'output') return;
        pids.push(...event.text.split(' ').map(Number));
        process.kill(pids[0] ?? 0, 'SIGKILL');
      },
    });
    await expect(run).rejects.toThrow(/the notebook runner ended without a result/);
    await vi.waitFor(() => expect(() => process.kill(pids[1] ?? 0, 0)).toThrow(/ESRCH/), { timeout: 10_000, interval: 100 });
  });

  test('a notebook that takes too long is ended', async () => {
    const { error } = await execute(notebook(['await new Promise(() => setInterval(() => {}, 1000));']), { timeoutSeconds: 4 });
    expect(error).toMatchObject({ ename: 'Timeout', evalue: 'the notebook took longer than 4 s' });
  });
});

test('parameters replace what the notebook declares', async () => {
  const content = notebook([
    codeCell("let config = 'quick';\nlet rates = [1];", ['parameters'], 'parameters'),
    'console.log(config, rates)',
  ]);
  const { cells } = await execute(content, { parameters: { config: 'standard', rates: [2, 3] } });
  expect(cells[1]?.metadata.tags).toEqual(['injected-parameters']);
  expect(streamText(cells[2]?.outputs)).toBe('standard [ 2, 3 ]\n');
  await expect(execute(content, { parameters: { confg: 'x' } })).rejects.toThrow(
    /test\.ipynb: expected one of its parameters \(config, rates\), got "confg"/,
  );
});
