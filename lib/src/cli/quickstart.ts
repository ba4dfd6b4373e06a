import { join, relative } from 'node:path';
import { summarize } from '../analysis/summarize.ts';
import { loadConfig } from '../config/load-config.ts';
import { findWorkspace } from '../config/workspace.ts';
import { ensurePython } from '../notebook/python-environment.ts';
import { renderNotebook } from '../notebook/render-notebook.ts';
import { textSummary } from '../report/text-summary.ts';
import { findExperiment } from '../results/find-experiments.ts';
import { reportPaths } from '../run/write-reports.ts';
import { withInterruption } from './interruption.ts';
import { runAndSummarize } from './run-and-print.ts';
import { executeNotebook } from './run-notebook-file.ts';

/**
 * `npm start`: runs a config from the quickstart notebook and ends with its summary and pictures. Where Jupyter can't be had, the
 * experiment is run all the same, and its report has the pictures.
 */
export async function quickstart({ config: configName }: { readonly config: string }): Promise<void> {
  const config = await loadConfig(configName);
  await withInterruption(async (signal) => {
    const environment = await ensurePython({ signal, progress: (step) => process.stderr.write(`${step}\n`) });
    if (!environment.ready) {
      process.stderr.write(`The notebook can't be executed here: ${environment.message}\nRunning the experiment without it.\n\n`);
      const { summary, error } = await runAndSummarize(config, { signal });
      process.stdout.write(`Report:   ${shown(reportPaths(summary).html)}\n`);
      if (error) throw error;
      return;
    }
    const notebook = join(findWorkspace().notebooks, 'quickstart.ipynb');
    const executed = await executeNotebook(notebook, { environment, parameters: { config: configName }, signal });
    const page = await renderNotebook(executed.output, { environment });
    const experiment = await findExperiment(executed.experiments.at(-1) ?? 'latest');
    process.stdout.write(
      [
        '',
        textSummary(summarize(experiment)),
        `Notebook: ${shown(executed.output)}`,
        `Page:     ${shown(page)}`,
        `Report:   ${shown(reportPaths(experiment).html)}`,
        'Next:     npx orchlab lab (the notebook, live), npx orchlab --help',
        '',
      ].join('\n'),
    );
  });
}

function shown(path: string): string {
  return relative(process.cwd(), path);
}
