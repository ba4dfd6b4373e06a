import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { taskSpec } from '../../src/targets/task-spec.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

it('refuses a script that is a directory', () => {
  mkdirSync(join(workspace.current.scripts, 'folder'));
  const config = createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 0, script: 'folder' });
  expect(() => taskSpec(config, workspace.current)).toThrow(
    'config custom script: expected an executable file, got folder, which is a directory or no file',
  );
});
