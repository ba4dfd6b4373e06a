import { type PythonEnvironment, ensurePython } from '../notebook/python-environment.ts';
import { MissingError } from './exit-codes.ts';

/** The project's Python with Jupyter, installed at the first need. Throws a MissingError that says what is missing. */
export async function requirePython(signal: AbortSignal): Promise<PythonEnvironment> {
  const environment = await ensurePython({ signal, progress: (step) => process.stderr.write(`${step}\n`) });
  if (!environment.ready) throw new MissingError(environment.message);
  return environment;
}
