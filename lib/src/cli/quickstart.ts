import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { summarize } from '../analysis/summarize.ts';
import { loadConfig } from '../config/load-config.ts';
import { foldersOf } from '../config/shipped.ts';
import { findWorkspace } from '../config/workspace.ts';
import { ensurePython } from '../notebook/python-environment.ts';
import { renderNotebook } from '../notebook/render-notebook.ts';
import { textSummary } from '../report/text-summary.ts';
import { findExperiment } from '../results/find-experiments.ts';
import { reportPaths } from '../run/write-reports.ts';
import { withInterruption } from './interruption.ts';
import { runAndSummarize } from './run-and-print.ts';
import { print, say } from './output.ts';
import { executeNotebook } from './run-notebook-file.ts';

/**
 * `npm start`: runs a config from the quickstart notebook and ends with its summary and pictures. Where Jupyter can't be had, the
 * experiment is run all the same, and its report has the pictures.
 */
export async function quickstart({ config: configName }: { readonly config: string }): Promise<void> {
  const config = await loadConfig(configName);
  await withInterruption(async (signal) => {
    const environment = await ensurePython({ signal, progress: say });
    if (!environment.ready) {
      say(`The notebook can't be executed here: ${environment.message}\nRunning the experiment without it.\n`);
      const { summary, error } = await runAndSummarize(config, { signal });
      print(`Report:   ${shown(reportPaths(summary).html)}`);
      if (error) throw error;
      return;
    }
    const folders = foldersOf('notebooks', findWorkspace());
    const notebook = folders.map((folder) => join(folder, 'quickstart.ipynb')).find((path) => existsSync(path)) ?? '';
    const executed = await executeNotebook(notebook, { environment, parameters: { config: configName }, signal });
    const page = await renderNotebook(executed.output, { environment });
    const experiment = await findExperiment(executed.experiments.at(-1) ?? 'latest');
    print(
      [
        '',
        textSummary(summarize(experiment)),
        `Notebook: ${shown(executed.output)}`,
        `Page:     ${shown(page)}`,
        `Report:   ${shown(reportPaths(experiment).html)}`,
        'Next:     npx orchlab lab (the notebook, live), npx orchlab --help',
      ].join('\n'),
    );
  });
}

function shown(path: string): string {
  return relative(process.cwd(), path);
}
