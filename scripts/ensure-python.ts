/** Makes `.venv` with all that notebooks and JupyterLab need, as `orchlab lab` would: `node scripts/ensure-python.ts`. */
import { ensurePython } from '../lib/src/notebook/python-environment.ts';

const environment = await ensurePython({ jupyterLab: true, progress: (step) => console.error(step) });
if (!environment.ready) {
  console.error(environment.message);
  process.exitCode = 4;
}
