import { openLab } from '../notebook/open-lab.ts';
import { withInterruption } from './interruption.ts';
import { requirePython } from './require-python.ts';
import { print, say } from './output.ts';

/** `orchlab lab`: JupyterLab until it is ended or Ctrl-C. */
export async function runLab({ port, browser }: { readonly port?: number; readonly browser: boolean }): Promise<void> {
  await withInterruption(async (signal) => {
    const environment = await requirePython(signal);
    await using lab = await openLab({ environment, browser, signal, ...(port === undefined ? {} : { port }) });
    print(lab.url);
    say('JupyterLab runs; the notebooks are in notebooks/, their kernel is "TypeScript (orchlab)". Ctrl-C ends it.');
    await lab.ended;
  });
}
