import { basename } from 'node:path';
import { openLab } from '../notebook/open-lab.ts';
import { makeWorkingCopies } from '../notebook/working-copies.ts';
import { withInterruption } from './interruption.ts';
import { requirePython } from './require-python.ts';
import { print, say } from './output.ts';

/** `orchlab lab`: JupyterLab until it is ended or Ctrl-C. */
export async function runLab({ port, browser }: { readonly port?: number; readonly browser: boolean }): Promise<void> {
  await withInterruption(async (signal) => {
    const environment = await requirePython(signal);
    const { directory, outdated } = await makeWorkingCopies(environment.workspace);
    await using lab = await openLab({ environment, browser, signal, directory, ...(port === undefined ? {} : { port }) });
    print(lab.url);
    const folder = basename(directory);
    say(
      `JupyterLab runs. ${folder}/ holds copies of the notebooks to work in, which git does not see; their kernel is "TypeScript (orchlab)". Ctrl-C ends it.`,
    );
    for (const name of outdated)
      say(`${folder}/${name} is as you left it, notebooks/${name} is another by now: rename yours, and orchlab lab copies the new one.`);
    await lab.ended;
  });
}
