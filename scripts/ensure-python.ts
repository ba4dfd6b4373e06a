/** Makes `.venv` with the packages of notebooks/requirements.txt, as the first notebook would: `node scripts/ensure-python.ts`. */
import { ensurePython } from '../lib/src/notebook/python-environment.ts';

const environment = await ensurePython({ progress: (step) => console.error(step) });
if (!environment.ready) {
  console.error(environment.message);
  process.exitCode = 4;
}
