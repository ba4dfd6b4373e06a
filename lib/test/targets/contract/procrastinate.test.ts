import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findWorkspace } from '../../../src/config/workspace.ts';
import { describeContract } from './describe-contract.ts';

// The tests' workspaces are elsewhere than the repository's environment for it.
const python = join(findWorkspace(import.meta.dirname).root, '.venv-procrastinate', 'bin', 'python');
await describeContract('procrastinate', existsSync(python) ? { PROCRASTINATE_PYTHON: python } : {});
