import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Output, writeNotebook } from '../../src/notebook/notebook-file.ts';
import { renderNotebook } from '../../src/notebook/render-notebook.ts';
import { toRichOutput } from '../../src/report/mime-bundle.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { codeCell, notebook, testEnvironment, workspace } from './notebook-fixture.ts';

test('a notebook becomes one HTML file that needs nothing else', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'orchlab-render-'));
  try {
    const plot = {
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      title: 'ends </script><!-- here',
      data: { values: [{ x: 1 }] },
      mark: 'point',
      encoding: { x: { field: 'x' } },
    };
    const outputs = [plot, buildExperiment()].map((value): Output => {
      const { data, metadata } = toRichOutput(value) ?? {};
      return { output_type: 'display_data', data, metadata: { ...metadata } };
    });
    const file = join(directory, 'a.ipynb');
    const title = { id: 'title', cell_type: 'markdown' as const, source: '# My *notebook*', metadata: {} };
    outputs.push({ output_type: 'stream', name: 'stdout', text: `in ${workspace.root}/perf-results` });
    await writeNotebook(file, notebook([title, { ...codeCell('show(it)'), outputs }]));

    const output = await renderNotebook(file, { environment: await testEnvironment() });
    expect(output).toBe(join(directory, 'a.html'));
    const html = await readFile(output, 'utf8');
    expect(html).toContain('<title>My notebook</title>');
    expect(html.length).toBeLessThan(2e6);
    expect(html).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)="?https?:/);
    expect(html).not.toMatch(/@import|url\(["']?https?:/);
    expect(html).not.toMatch(/mathjax|requirejs|mermaid\.(esm|min)/i);
    expect(html).toContain('(prefers-color-scheme: dark)');
    expect(html).toContain('500 of 500 finished');
    expect(html).toContain('in ./perf-results');
    const [, spec = ''] = /<script type="application\/json">([^]*?)<\/script>/.exec(html) ?? [];
    expect(JSON.parse(spec)).toMatchObject({ title: plot.title, mark: 'point' });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('what nbconvert complains of is in the error', async () => {
  const environment = await testEnvironment();
  const directory = await mkdtemp(join(tmpdir(), 'orchlab-render-'));
  try {
    const file = join(directory, 'a.ipynb');
    await writeNotebook(file, notebook(['1']));
    const nowhere = join(directory, 'missing', 'a.html');
    await expect(renderNotebook(file, { environment, output: nowhere })).rejects.toThrow(
      /could not be rendered: [^]*No such file or directory/,
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
