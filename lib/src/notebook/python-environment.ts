import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { foldersOf } from '../config/shipped.ts';
import { type Workspace, findWorkspace } from '../config/workspace.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { withInstallLock } from './install-lock.ts';
import { writeKernelSpec } from './kernel-spec.ts';
import { type ProgramResult, runProgram } from '../processes/run-program.ts';

/** The project's own Python, with Jupyter and the orchlab kernel in it. */
export interface PythonEnvironment {
  readonly ready: true;
  /** The interpreter of the environment. */
  readonly python: string;
  /** Folder of the environment. */
  readonly root: string;
  readonly workspace: Workspace;
}

/** Why there is no Python environment, and in `message` what to do about it. */
export interface MissingPython {
  readonly ready: false;
  readonly missing: 'python' | 'python-version' | 'venv' | 'packages' | 'lock';
  readonly message: string;
}

export interface EnsurePythonOptions {
  /** Is told in a few words what is going on, only when something has to be installed. */
  readonly progress?: (step: string) => void;
  readonly signal?: AbortSignal;
  /** Default: found from the working directory. */
  readonly workspace?: Workspace;
  /** JupyterLab, too, for `openLab`: it takes longer to install than all the rest. Default false. */
  readonly jupyterLab?: boolean;
}

const oldestPython = [3, 10] as const;
const venvSeconds = 120;
const pipSeconds = 900;

/**
 * Makes sure that `.venv` of the workspace holds what notebooks/requirements.txt asks for (with `jupyterLab`, requirements-lab.txt), the project's or orchlab's own, and the
 * orchlab kernel.
 *
 * Takes a few milliseconds when it does, else up to a minute. Never throws for what is missing on the machine: the result
 * says what it is. An installation that was interrupted is started afresh; a `.venv` that someone else made is added to.
 * `ORCHLAB_PYTHON` names another interpreter than `python3` to make the environment with.
 */
export async function ensurePython(options: EnsurePythonOptions = {}): Promise<PythonEnvironment | MissingPython> {
  const workspace = options.workspace ?? findWorkspace();
  const lists = requirementLists(workspace, options.jupyterLab ?? false);
  const environment = describe(workspace, lists);
  try {
    if (!isUpToDate(environment)) {
      const problem = await withInstallLock(workspace, options.signal, async () =>
        isUpToDate(environment) ? undefined : install(environment, options),
      );
      if (problem) return problem;
    }
    await writeKernelSpec(environment.root, workspace.root);
  } catch (error) {
    // A full disk, a folder that can't be written: an experiment can do without notebooks.
    return missing('packages', `could not set up ${environment.root}: ${reasonOf(error)}`);
  }
  return { ready: true, python: environment.python, root: environment.root, workspace };
}

interface RequirementList {
  readonly file: string;
  /** Below the environment; holds the hash of what was installed. */
  readonly stamp: string;
}

/** What is to be installed, the first of all first. */
function requirementLists(workspace: Workspace, jupyterLab: boolean): readonly RequirementList[] {
  const folders = foldersOf('notebooks', workspace);
  const fileOf = (name: string): string => {
    const [own = '', ...brought] = folders.map((folder) => join(folder, `${name}.txt`));
    return [own, ...brought].find((file) => existsSync(file)) ?? own;
  };
  return ['requirements', ...(jupyterLab ? ['requirements-lab'] : [])].map((name) => ({
    file: fileOf(name),
    stamp: `orchlab-${name}.sha256`,
  }));
}

interface Environment {
  readonly root: string;
  readonly python: string;
  readonly lists: readonly (RequirementList & { readonly hash: string })[];
  /** Is there while an installation of ours is under way. */
  readonly unfinished: string;
}

function describe(workspace: Workspace, lists: readonly RequirementList[]): Environment {
  const root = join(workspace.root, '.venv');
  return {
    root,
    python: join(root, 'bin', 'python'),
    lists: lists.map(({ file, stamp }) => ({
      file,
      stamp: join(root, stamp),
      hash: createHash('sha256').update(readFileSync(file)).digest('hex'),
    })),
    unfinished: join(root, 'orchlab-unfinished'),
  };
}

function isUpToDate({ lists, python }: Environment): boolean {
  return existsSync(python) && lists.every(({ stamp, hash }) => existsSync(stamp) && readFileSync(stamp, 'utf8') === hash);
}

async function install(environment: Environment, { progress, signal }: EnsurePythonOptions): Promise<MissingPython | undefined> {
  const { root, python, lists, unfinished } = environment;
  const interrupt = signal && { signal };
  if (existsSync(unfinished)) await rm(root, { recursive: true, force: true });
  if (!existsSync(python)) {
    const unsuitable = await checkPython(interrupt);
    if (unsuitable) return unsuitable;
    await mkdir(root, { recursive: true });
    await writeFile(unfinished, '');
    progress?.('creating .venv for Jupyter');
    const venv = await runProgram([systemPython(), '-m', 'venv', root], { seconds: venvSeconds, ...interrupt });
    if (venv.problem !== undefined) return venvProblem(venv);
  }
  await writeFile(unfinished, '');
  progress?.('installing Jupyter into .venv');
  // All at once, so that one choice of versions suits all.
  const pip = await runProgram([python, ...pipInstall, ...lists.flatMap(({ file }) => ['-r', file])], {
    seconds: pipSeconds,
    ...interrupt,
    onLine: reportPackages(progress),
  });
  if (pip.problem !== undefined) return pipProblem(pip, python, lists.map(({ file }) => file).join(' and '));
  for (const { stamp, hash } of lists) await writeFile(stamp, hash);
  await rm(unfinished);
  return undefined;
}

const pipInstall = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--retries', '2', '--progress-bar', 'off'];

/** Names a package that pip is at, once a second at most: there are a hundred of them. */
function reportPackages(progress: EnsurePythonOptions['progress']): (line: string) => void {
  let reportedMs = performance.now();
  return (line) => {
    const name = /^\s*Collecting ([\w.-]+)/.exec(line)?.[1];
    if (name === undefined || performance.now() - reportedMs < 1000) return;
    reportedMs = performance.now();
    progress?.(`installing Jupyter into .venv: ${name}`);
  };
}

function systemPython(): string {
  return process.env['ORCHLAB_PYTHON'] ?? 'python3';
}

async function checkPython(interrupt: { readonly signal: AbortSignal } | undefined): Promise<MissingPython | undefined> {
  const version = await runProgram([systemPython(), '-c', 'import sys; print(*sys.version_info[:2])'], {
    seconds: 20,
    ...interrupt,
  });
  const wanted = `Python ${oldestPython.join('.')} or newer`;
  if (!version.isStarted) {
    return missing(
      'python',
      `notebooks need ${systemPython()}, which is not on the PATH: install ${wanted} (apt install python3 python3-venv)`,
    );
  }
  if (version.problem !== undefined) return missing('python', `expected ${systemPython()} to start, got: ${lastLines(version)}`);
  const [major = 0, minor = 0] = version.output.split(' ').map(Number);
  if (major > oldestPython[0] || (major === oldestPython[0] && minor >= oldestPython[1])) return undefined;
  return missing('python-version', `expected ${wanted}, got ${major}.${minor}: install a newer one and name it in ORCHLAB_PYTHON`);
}

function venvProblem(result: ProgramResult): MissingPython {
  if (/ensurepip is not|No module named ('?)(venv|ensurepip)/.test(result.output)) {
    return missing('venv', `${systemPython()} has no venv module: install it (Debian, Ubuntu: apt install python3-venv) and try again`);
  }
  return missing('venv', `could not create .venv with ${systemPython()} -m venv: ${lastLines(result)}`);
}

function pipProblem(result: ProgramResult, python: string, requirements: string): MissingPython {
  const cause = /No module named pip/.test(result.output)
    ? `${python} has no pip: delete .venv and try again`
    : /Failed to establish a new connection|Name or service not known|Temporary failure in name resolution|Network is unreachable|ProxyError|ConnectTimeout|timed out/i.test(
          result.output,
        )
      ? 'pip can reach no package index: check the network, or point PIP_INDEX_URL at a mirror, and try again'
      : `pip could not install ${requirements}: check the lines below, or delete .venv and try again`;
  return missing('packages', `${cause}\n${lastLines(result)}`);
}

function lastLines({ output, problem }: ProgramResult): string {
  const lines = output.trim().split('\n').slice(-6).join('\n');
  // pip names the index it asked, which may carry a password.
  return lines.replaceAll(/:\/\/[^/\s@]+@/g, '://***@') || `it ${problem ?? 'printed nothing'}`;
}

function missing(what: MissingPython['missing'], message: string): MissingPython {
  return { ready: false, missing: what, message };
}
