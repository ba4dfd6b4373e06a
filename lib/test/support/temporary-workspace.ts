import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { type Workspace, findWorkspace } from '../../src/config/workspace.ts';

const repository = findWorkspace(import.meta.dirname);

export interface TemporaryWorkspace extends Workspace, Disposable {
  /** Writes perf-configs/<name>.yaml. */
  writeConfig(name: string, text: string): void;
  /** Writes an executable file to test-scripts. */
  writeScript(name: string, text: string): void;
  /** Copies the repository's perf-configs/targets. */
  copyTargets(): void;
}

/** A workspace of its own for a test: the repository's scripts, no configs, no results. Removed on disposal. */
export function temporaryWorkspace(): TemporaryWorkspace {
  const root = mkdtempSync(join(tmpdir(), 'orchlab-workspace-'));
  chmodSync(root, 0o755); // so that the user postgres can reach a database in it when the tests run as root
  mkdirSync(join(root, 'perf-configs'));
  mkdirSync(join(root, 'tmp'));
  chmodSync(join(root, 'tmp'), 0o1777);
  cpSync(repository.scripts, join(root, 'test-scripts'), { recursive: true });
  const workspace = findWorkspace(root);
  return {
    ...workspace,
    writeConfig: (name, text) => writeFileSync(join(workspace.configs, `${name}.yaml`), text),
    writeScript: (name, text) => writeFileSync(join(workspace.scripts, name), text, { mode: 0o755 }),
    copyTargets: () => cpSync(join(repository.configs, 'targets'), join(workspace.configs, 'targets'), { recursive: true }),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A workspace for each test of a file; embedded databases stand in it, whatever DATABASE_URL says. Call it where the file begins. */
export function useTemporaryWorkspace(): { readonly current: TemporaryWorkspace } {
  let workspace: TemporaryWorkspace;
  beforeEach(() => {
    workspace = temporaryWorkspace();
    vi.stubEnv('TMPDIR', join(workspace.root, 'tmp'));
    vi.stubEnv('DATABASE_URL', '');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    workspace[Symbol.dispose]();
  });
  return {
    get current() {
      return workspace;
    },
  };
}
