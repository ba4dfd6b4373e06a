import { openLab } from '../notebook/open-lab.ts';
import { withInterruption } from './interruption.ts';
import { requirePython } from './require-python.ts';

/** `orchlab lab`: JupyterLab until it is ended or Ctrl-C. */
export async function runLab({ port, browser }: { readonly port?: number; readonly browser: boolean }): Promise<void> {
  await withInterruption(async (signal) => {
    const environment = await requirePython(signal);
    await using lab = await openLab({ environment, browser, signal, ...(port === undefined ? {} : { port }) });
    process.stdout.write(`${lab.url}\n`);
    process.stderr.write('JupyterLab runs; the notebooks are in notebooks/, their kernel is "TypeScript (orchlab)". Ctrl-C ends it.\n');
    await lab.ended;
  });
}
