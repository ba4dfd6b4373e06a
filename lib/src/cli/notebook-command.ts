import type { Command } from 'commander';
import { toCount, toTimeout } from './number-options.ts';

export interface NotebookRunOptions {
  readonly parameter?: readonly string[];
  readonly output?: string;
  readonly html?: boolean;
  readonly timeout?: number;
}

export function addNotebookCommands(program: Command): void {
  const notebook = program
    .command('notebook')
    .summary('execute and render notebooks')
    .description('Execute and render notebooks without a browser.');
  notebook
    .command('run')
    .summary('execute a notebook')
    .description(
      'Execute a notebook from its first cell to its last. The executed copy goes to the directory of the (last) experiment that it ran, or beside the others in perf-results.',
    )
    .argument('<file>', 'an .ipynb file, or the name of one in notebooks/')
    .option('-p, --parameter <name=value>', 'a value for a name of the cell tagged "parameters"; repeatable', collect)
    .option('-o, --output <file>', 'where the executed notebook goes')
    .option('--html', 'render it too, beside the executed notebook')
    .option('--timeout <seconds>', 'limit for the whole notebook', toTimeout, 3600)
    .addHelpText('after', '\nExample:\n  orchlab notebook run quickstart -p config=standard --html')
    .action(async (file: string, options: NotebookRunOptions) => {
      const { runAndPlaceNotebook } = await import('./run-notebook-file.ts');
      await runAndPlaceNotebook(file, options);
    });
  notebook
    .command('render')
    .summary('render a notebook as one HTML file')
    .description('Render a notebook, with the outputs that it has, as one self-contained HTML file with interactive plots.')
    .argument('<file>', 'an .ipynb file, or the name of one in notebooks/')
    .option('-o, --output <file>', 'where the page goes (default: beside the notebook)')
    .action(async (file: string, options: { readonly output?: string }) => {
      const { renderNotebookFile } = await import('./run-notebook-file.ts');
      await renderNotebookFile(file, options);
    });
}

export function addLabCommand(program: Command): void {
  program
    .command('lab')
    .summary('open JupyterLab with the orchlab kernel')
    .description('Open JupyterLab on this workspace, with the orchlab kernel, the notebooks and the results. Ctrl-C ends it.')
    .option('--port <port>', 'port to listen on (default: a free one)', toCount)
    .option('--no-browser', 'only print the address')
    .action(async (options: { readonly port?: number; readonly browser: boolean }) => {
      const { runLab } = await import('./jupyter.ts');
      await runLab(options);
    });
}

export function addQuickstartCommand(program: Command): void {
  program
    .command('quickstart')
    .summary('the tour: run a config from a notebook, see numbers and pictures (npm start)')
    .description('Run a config from notebooks/quickstart.ipynb, print its summary, and say where the executed notebook and its page are.')
    .option('--config <name>', 'the config to run', 'quick')
    .action(async (options: { readonly config: string }) => {
      const { quickstart } = await import('./quickstart.ts');
      await quickstart(options);
    });
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
