import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../errors/error-reason.ts';
import { findFreePort } from '../processes/free-port.ts';
import { tailOf } from '../processes/output-tail.ts';
import { labEndMs } from '../timing/stop-limits.ts';
import { assetPath } from '../config/assets.ts';
import { jupyterDirectory, jupyterState } from './jupyter-state.ts';
import type { PythonEnvironment } from './python-environment.ts';

export interface OpenLabOptions {
  /** From `ensurePython` with `jupyterLab`. */
  readonly environment: PythonEnvironment;
  /** Default: a free one. */
  readonly port?: number;
  /** The folder of the workspace that is shown first. Default: its root. */
  readonly directory?: string;
  /** Opens a browser window. Default false. */
  readonly browser?: boolean;
  /** Ends JupyterLab and its kernels. */
  readonly signal?: AbortSignal;
  /** Where JupyterLab keeps its settings, open files and runtime files. Default: below the workspace's state directory. */
  readonly stateDirectory?: string;
  /** Further options of JupyterLab. */
  readonly arguments?: readonly string[];
}

/** A JupyterLab that runs until it is disposed of, or this process ends. */
export interface Lab extends AsyncDisposable {
  /** Where to point a browser; holds the access token of this session. */
  readonly url: string;
  /** Resolves when JupyterLab has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

const startSeconds = 60;

/**
 * Starts JupyterLab on the workspace, with the orchlab kernel ready, on the loopback interface; resolves when it answers.
 *
 * Throws when it ends or doesn't answer within a minute, for instance since the port is taken.
 */
export async function openLab(options: OpenLabOptions): Promise<Lab> {
  const { environment, port = await findFreePort(), browser = false } = options;
  const { stateDirectory = jupyterDirectory(environment.workspace) } = options;
  options.signal?.throwIfAborted();
  const token = randomBytes(24).toString('hex');
  const first = relative(environment.workspace.root, options.directory ?? environment.workspace.root);
  const page = first === '' ? '/lab' : `/lab/tree/${first.split(sep).map(encodeURIComponent).join('/')}`;
  const flags = [
    `--ServerApp.root_dir=${environment.workspace.root}`,
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
    // What a browser is opened with, and what its address leads to.
    `--LabApp.default_url=${page}`,
    `--ServerApp.open_browser=${browser ? 'True' : 'False'}`,
    // Started by root in containers, where Jupyter refuses without this.
    ...(process.getuid?.() === 0 ? ['--ServerApp.allow_root=True'] : []),
    ...(options.arguments ?? []),
  ];
  const child = spawn(environment.python, [assetPath('open_lab.py'), ...flags], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, ...jupyterState(stateDirectory), JUPYTER_TOKEN: token },
  });
  const log = tailOf([child.stderr]);
  let startError = '';
  child.stdin.on('error', () => undefined);
  let running = true;
  const ended = once(child, 'close')
    .catch((error: unknown) => void (startError = reasonOf(error))) // it could not be started
    .then(() => void (running = false));
  const stop = async (): Promise<void> => {
    child.stdin.end();
    const lastResort = setTimeout(() => child.kill('SIGKILL'), labEndMs);
    await ended;
    clearTimeout(lastResort);
  };
  options.signal?.addEventListener('abort', () => void stop(), { once: true });

  const base = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + startSeconds * 1000;
  while (!(await answers(`${base}/api/status`, token))) {
    if (running && Date.now() < deadline) {
      await sleep(100);
      continue;
    }
    const why = running ? `it did not answer within ${startSeconds} s` : 'it ended';
    await stop();
    throw new Error(`JupyterLab could not be started on port ${port}: ${why}\n${lastLines(`${log()}${startError}`)}`);
  }
  return { url: `${base}${page}?token=${token}`, ended, [Symbol.asyncDispose]: stop };
}

async function answers(url: string, token: string): Promise<boolean> {
  try {
    const response = await fetch(url, { headers: { Authorization: `token ${token}` }, signal: AbortSignal.timeout(2000) });
    return response.ok;
  } catch {
    return false;
  }
}

function lastLines(log: string): string {
  return log.trim().split('\n').slice(-5).join('\n');
}
