import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { Experiment } from '../../results/experiment.ts';
import { type Block, sentence } from '../document.ts';

/** `perf-results/<name>`: says where to look, from wherever it is written, without saying whose machine it was. */
export function shownDirectory({ directory }: Pick<Experiment, 'directory'>): string {
  return join(basename(dirname(directory)), basename(directory));
}

/** Where the files of an experiment are, its report, and how to get at what was sampled where the cell that ran it has failed. */
export function filesBlock({ name, directory, manifest }: Experiment): Block {
  const isWhole = manifest.status === 'done' || manifest.status === 'running';
  return sentence(
    [
      `files: ${shownDirectory({ directory })}`,
      ...(existsSync(join(directory, 'report.html')) ? [' · ', { link: 'report.html', href: reportAddress(directory) }] : []),
      ...(isWhole ? [] : [' · what was sampled is kept: ', { code: `await findExperiment('${name}')` }]),
    ],
    'muted',
  );
}

/** Relative to the notebook, where Jupyter looks for it; taken out of executed notebooks that go elsewhere (normalize-notebook.ts). */
function reportAddress(directory: string): string {
  const path = relative(process.cwd(), directory).split(sep).map(encodeURIComponent).join('/');
  return `${path}/report.html`;
}
