import { mkdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { damageOf } from '../../src/analysis/damage.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { findExperiments } from '../../src/results/find-experiments.ts';
import { readNotebook, toText } from '../../src/notebook/notebook-file.ts';
import { parseParameters } from '../../src/notebook/notebook-parameters.ts';
import { orchlab } from '../support/orchlab-command.ts';
import { type ExecutedCell, type ExpectedCell, expectNothingPrivate, expectOutputs } from './expect-outputs.ts';

const { root, notebooks, results } = findWorkspace(import.meta.dirname);

export interface Story {
  /** The same for both, unless a parameter says how many outputs a cell has. */
  readonly cells: readonly ExpectedCell[] | ((run: 'executed' | 'committed') => readonly ExpectedCell[]);
  /** What it is executed with here, to be short, and what it is committed with. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Figures by value, where they are known beforehand, and what the notebook's words conclude from them. */
  readonly figures: (cells: readonly ExecutedCell[], run: 'executed' | 'committed') => void;
}

/**
 * Checks a notebook as it is committed, and as it is executed from a clean kernel. A file for each, so that several are executed at a time.
 */
export function describeNotebook(name: string, { parameters, cells, figures }: Story): void {
  const cellsOf = (run: 'executed' | 'committed'): readonly ExpectedCell[] => (typeof cells === 'function' ? cells(run) : cells);
  describe(`${name}.ipynb`, () => {
    it('is committed with its outputs, small, and says nothing of the machine that it was made on', async () => {
      const file = join(notebooks, `${name}.ipynb`);
      const notebook = await readNotebook(file);
      const executed = expectOutputs(notebook, cellsOf('committed'));
      figures(executed, 'committed');
      const warnings = executed.flatMap(({ text }) => text.match(/^ *warning: .*$/gm) ?? []);
      expect(warnings).toEqual([...new Set(warnings)]);
      expect((await stat(file)).size).toBeLessThan(600_000);
      expectNothingPrivate(JSON.stringify(notebook));
      expect(notebook.metadata.kernelspec).toMatchObject({ name: 'orchlab', language: 'typescript' });
      expect(notebook.cells.some((cell) => cell.metadata.tags?.includes('parameters'))).toBe(true);
    });

    describe('executed from a clean kernel', () => {
      let paths: readonly string[];
      let beganMs: number;
      beforeAll(async () => {
        beganMs = Date.now();
        await mkdir(results, { recursive: true });
        const values = Object.entries(parameters).flatMap(([key, value]) => ['-p', `${key}=${value}`]);
        const { code, stdout, stderr } = await orchlab(['notebook', 'run', name, ...values, '--html'], {
          cwd: root,
          env: { TMPDIR: tmpdir() },
        });
        expect(code, stderr).toBe(0);
        paths = stdout.trim().split('\n');
      });

      it('gives every output, with the figures of what was asked for', async () => {
        const notebook = await readNotebook(join(root, paths[0] ?? ''));
        figures(expectOutputs(notebook, cellsOf('executed')), 'executed');
        // Parameters are injected behind their cell, in the layout of papermill.
        const tags = notebook.cells.map((cell) => cell.metadata.tags?.join(' '));
        const given = parseParameters(Object.entries(parameters).map((pair) => pair.join('=')));
        const injected = Object.entries(given).map(([key, value]) => `var ${key} = ${JSON.stringify(value, null, 1)};`);
        const cell = notebook.cells[tags.indexOf('injected-parameters')];
        expect(cell ? toText(cell.source) : '').toBe(injected.join('\n'));
        if (cell) expect(tags.indexOf('injected-parameters')).toBe(tags.indexOf('parameters') + 1);
      });

      it('leaves the files of its experiments as they were', async () => {
        const experiments = (await findExperiments({ directory: results })).filter(
          // Others are executed at the same time.
          ({ manifest }) => manifest.times.startedMs >= beganMs && manifest.status === 'done',
        );
        expect(experiments.length).toBeGreaterThan(0);
        expect(experiments.map(damageOf)).toEqual(experiments.map(() => undefined));
      });

      it('is rendered beside it as one page that says nothing of this machine', async () => {
        const page = await readFile(join(root, paths[1] ?? ''), 'utf8');
        const [heading] = (await readFile(join(notebooks, `${name}.ipynb`), 'utf8')).match(/(?<="# )[^"\\]+/) ?? [];
        expect(/<title>(.*?)<\/title>/.exec(page)?.[1]).toBe(heading);
        expect(page.length).toBeLessThan(2e6);
        expectNothingPrivate(page);
      });
    });
  });
}

/** Whether its experiments had the machine for themselves, by their cards: what words conclude from figures of a busy one need not be so. */
export function wereQuiet(cells: readonly ExecutedCell[]): boolean {
  return cells.every(({ text }) => !text.includes('Noisy host'));
}

/** What a plot says in its title. */
export function titleOf(cell: ExecutedCell | undefined): string {
  return /\[plot: ([^]*)\]$/.exec(cell?.text ?? '')?.[1] ?? '';
}

/** Of the numbers that a pattern finds in a text. */
export function sum(text = '', pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, [, figure]) => total + Number(figure), 0);
}
