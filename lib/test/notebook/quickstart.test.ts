import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findWorkspace } from '../../src/config/workspace.ts';
import { type NotebookFile, type Output, readNotebook, toText } from '../../src/notebook/notebook-file.ts';
import { orchlab } from '../support/orchlab-command.ts';

const { root, notebooks, results } = findWorkspace(import.meta.dirname);
const committed = join(notebooks, 'quickstart.ipynb');

/** What each code cell of the notebook shows, in order; a plot's title begins with the words. */
const expected = [
  ['let config', 'nothing'],
  ['import {', 'nothing'],
  ['await loadConfig(config)', 'text'],
  ['await runExperiment(perfConfig)', 'experiment'],
  ['show(latency(experiment))', 'table'],
  ['show(plotLatency(experiment))', 'Latency: '],
  ['show(plotLatencyEcdf(experiment))', 'Share of finished tasks'],
  ['show(plotLatencyOverTime(experiment))', 'Latency over time'],
  ['show(throughput(', 'table'],
  ['show(plotThroughput(experiment))', 'Throughput: '],
  ['show(plotTaskStates(experiment))', 'Tasks by state'],
  ['show(resources(experiment))', 'table'],
  ['show(plotResources(experiment))', 'Scheduler: '],
  ['experiment.tasks', 'table'],
] as const;

function codeCells(notebook: NotebookFile): { readonly source: string; readonly outputs: readonly Output[] }[] {
  return notebook.cells
    .filter((cell) => cell.cell_type === 'code' && !cell.metadata?.['tags']?.toString().includes('injected-parameters'))
    .map((cell) => ({ source: toText(cell.source), outputs: cell.outputs ?? [] }));
}

function dataOf(outputs: readonly Output[]): Record<string, unknown> {
  return (outputs[0]?.data ?? {}) as Record<string, unknown>;
}

function checkOutputs(notebook: NotebookFile, tasks: number): void {
  const cells = codeCells(notebook);
  expect(cells).toHaveLength(expected.length);
  for (const [index, [source, kind]] of expected.entries()) {
    const cell = cells[index];
    expect(cell?.source, `cell ${index + 1}`).toContain(source);
    const outputs = cell?.outputs ?? [];
    if (kind === 'nothing') {
      expect(outputs).toEqual([]);
      continue;
    }
    expect(outputs, source).toHaveLength(1);
    if (kind === 'text') {
      expect(outputs[0]?.output_type).toBe('stream');
      continue;
    }
    const data = dataOf(outputs);
    const mimes = Object.keys(data).toSorted();
    if (kind === 'table' || kind === 'experiment') {
      expect(mimes, source).toEqual(['text/html', 'text/plain']);
    } else {
      expect(mimes, source).toEqual(['application/vnd.vegalite.v5+json', 'image/png', 'image/svg+xml', 'text/plain']);
      const { title } = data['application/vnd.vegalite.v5+json'] as { readonly title: { readonly text: string } };
      expect(title.text, source).toContain(kind);
    }
  }
  // One figure by value where the number of tasks is known.
  const text = (index: number): string => toText(dataOf(cells[index]?.outputs ?? [])['text/plain'] as string);
  expect(text(3)).toContain(`${tasks} of ${tasks} finished`);
  expect(text(4)).toMatch(new RegExp(`latency +${tasks} `));
  const finished = [...text(8).matchAll(/^ *\d+ +[\d.]+ +\d+ +(\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  expect(finished).toBe(tasks);
}

describe('the quickstart notebook', () => {
  it('is committed with its outputs, complete, and says nothing of the machine that it was made on', async () => {
    const notebook = await readNotebook(committed);
    checkOutputs(notebook, 50);
    const text = JSON.stringify(notebook);
    expect(text).not.toMatch(/\/(home|root|work|tmp|Users)\//);
    expect(text).not.toContain('postgres://');
    expect(notebook.metadata?.['kernelspec']).toMatchObject({ name: 'orchlab', language: 'typescript' });
  });

  describe('executed from a clean kernel', () => {
    let executed: NotebookFile;
    let html: string;
    beforeAll(async () => {
      mkdirSync(results, { recursive: true });
      const { code, stdout, stderr } = await orchlab(['notebook', 'run', 'quickstart', '-p', 'config=latency', '--html'], { cwd: root });
      expect(code, stderr).toBe(0);
      const [notebook = '', page = ''] = stdout.trim().split('\n');
      executed = await readNotebook(join(root, notebook));
      html = join(root, page);
    });

    it('gives every output, with the figures of the config that was asked for', () => checkOutputs(executed, 250));

    it('has the parameter injected behind its cell, in the layout of papermill', () => {
      const index = executed.cells.findIndex((cell) => cell.metadata?.['tags']?.toString() === 'injected-parameters');
      expect(index).toBe(executed.cells.findIndex((cell) => cell.metadata?.['tags']?.toString() === 'parameters') + 1);
      expect(toText(executed.cells[index]?.source ?? '')).toContain('var config = "latency";');
    });

    it('is rendered beside it as one page', async () => {
      const page = await readFile(html, 'utf8');
      expect(/<title>(.*?)<\/title>/.exec(page)?.[1]).toBe('Quickstart: how fast is an orchestrator?');
      expect(page.length).toBeLessThan(2e6);
    });
  });

  it('refuses a parameter that it does not know, with those that it does', async () => {
    const { code, stderr } = await orchlab(['notebook', 'run', 'quickstart', '-p', 'cofnig=quick'], { cwd: root });
    expect(code).toBe(2);
    expect(stderr).toContain('expected one of its parameters (config), got "cofnig"');
  });
});
