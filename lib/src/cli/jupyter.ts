import { type PythonEnvironment, ensurePython } from '../notebook/python-environment.ts';
import { MissingError } from './exit-codes.ts';
import { say, print } from './output.ts';
import { basename } from 'node:path';
import { openLab } from '../notebook/open-lab.ts';
import { makeWorkingCopies } from '../notebook/working-copies.ts';
import { withInterruption } from './interruption.ts';

/** The project's Python with Jupyter, installed at the first need. Throws a MissingError that says what is missing. */
export async function requirePython(signal: AbortSignal, options: { readonly jupyterLab?: boolean } = {}): Promise<PythonEnvironment> {
  const environment = await ensurePython({ signal, progress: say, ...options });
  if (!environment.ready) throw new MissingError(environment.message);
  return environment;
}

/** `orchlab lab`: JupyterLab until it is ended or Ctrl-C. */
export async function runLab({ port, browser }: { readonly port?: number; readonly browser: boolean }): Promise<void> {
  await withInterruption(async (signal) => {
    const environment = await requirePython(signal, { jupyterLab: true });
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
