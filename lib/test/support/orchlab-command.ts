import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/orchlab.js', import.meta.url));

export interface CommandResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly result: Promise<CommandResult>;
  /** Resolves when stderr has matched. */
  seen(pattern: RegExp): Promise<void>;
}

interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What runs the command; default: this Node. */
  readonly launcher?: readonly [program: string, ...args: string[]];
  /** In a process group of its own, as a terminal starts it. Default false. */
  readonly detached?: boolean;
}

/** Where a command's temporary files go: what runs in there is the command's, whatever its environment. */
export function temporaryDirectoryOf(cwd: string): string {
  return join(cwd, 'tmp');
}

/** Marks the processes that a command starts, whoever their parent is by then: the environment is inherited. */
const marker = 'ORCHLAB_TEST_MARKER';

/** Starts the built `orchlab` command, as a user would, without a terminal. */
export function startOrchlab(
  args: readonly string[],
  { cwd, env = {}, launcher: [program, ...programArgs] = [process.execPath], detached = false }: CommandOptions,
): RunningCommand {
  // A test must not use a database that the developer happens to have.
  const { DATABASE_URL: _ignored, ...inherited } = process.env;
  const child = spawn(program, [...programArgs, bin, ...args], {
    cwd,
    detached,
    env: { ...inherited, [marker]: cwd, TMPDIR: temporaryDirectoryOf(cwd), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    for (const watch of watchers) watch();
  });
  const result = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
  }));
  const seen = async (pattern: RegExp): Promise<void> => {
    if (pattern.test(stderr)) return;
    await new Promise<void>((resolve, reject) => {
      const watch = (): void => {
        if (!pattern.test(stderr)) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
      void result.then(() => reject(new Error(`the command ended without ${pattern} on stderr:\n${stderr}`)));
    });
  };
  return { child, result, seen };
}

/** Runs the built `orchlab` command to its end. */
export async function orchlab(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return startOrchlab(args, options).result;
}

/** The processes that commands started in `cwd` and that live: pid and command line. Linux only. */
export function processesOf(cwd: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const marked = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${marker}=${cwd}`);
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        // Postgres has an environment of its own, but its data directory in its arguments.
        return marked || commandLine.includes(temporaryDirectoryOf(cwd)) ? [`${pid} ${commandLine}`] : [];
      } catch {
        return []; // gone meanwhile, or a zombie
      }
    });
}
