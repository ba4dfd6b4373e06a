import { type PythonEnvironment, ensurePython } from '../notebook/python-environment.ts';
import { MissingError } from './exit-codes.ts';
import { say } from './output.ts';

/** The project's Python with Jupyter, installed at the first need. Throws a MissingError that says what is missing. */
export async function requirePython(signal: AbortSignal): Promise<PythonEnvironment> {
  const environment = await ensurePython({ signal, progress: say });
  if (!environment.ready) throw new MissingError(environment.message);
  return environment;
}
