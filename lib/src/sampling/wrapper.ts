import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { childrenByProc } from './process-tree.ts';

/** Programs whose work is to start another and wait for it. */
const wrappers: ReadonlySet<string> = new Set(
  'sh bash dash zsh ash ksh fish npx npm pnpm yarn bunx uv uvx poetry pipenv hatch pdm conda bundle rake make just go cargo sudo tini dumb-init timeout strace'.split(
    ' ',
  ),
);
/** Interpreters: what they run is their first argument. */
const interpreters: ReadonlySet<string> = new Set(['node', 'nodejs', 'ruby', 'bun', 'python', 'python3']);
/** USER_HZ is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;
/** A child that is younger may be a worker, or a step of a script. */
const longLivedSeconds = 1;
/** A child that has used so much, and so many times its parent's share, does the work of both. */
const workingCpuSeconds = 0.2;
const idleRatio = 0.1;

/**
 * Whether a process only stands before the one that does its work, in words for a sentence that begins with `the scheduler`; undefined
 * when it does not look like that, is gone, or can't be told (only Linux tells).
 *
 * It has exactly one child, which has lived for a second or more, and either it is a shell or a program like npx or uv, or it has used
 * hardly any CPU (a tenth of the child's at most) while the child has worked. To be asked when the scheduler has had some work: a
 * scheduler that keeps one worker for all its tasks can look the same.
 */
export function looksLikeWrapper(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const [child, ...others] = childrenByProc(pid).filter((below) => readTimes(below)?.state !== 'Z');
  const own = readTimes(pid);
  const below = child === undefined ? undefined : readTimes(child);
  if (child === undefined || others.length > 0 || !own || !below || below.ageSeconds < longLivedSeconds) return undefined;
  const name = wrapperName(readArguments(pid));
  const childCommand = readArguments(child).join(' ').slice(0, 80);
  if (name !== undefined) return `is ${name}, which waits for \`${childCommand}\` (pid ${child})`;
  if (below.cpuSeconds >= workingCpuSeconds && own.cpuSeconds <= idleRatio * below.cpuSeconds)
    return `used ${own.cpuSeconds.toFixed(2)} s of CPU, and its only child \`${childCommand}\` (pid ${child}) ${below.cpuSeconds.toFixed(2)} s`;
  return undefined;
}

function wrapperName([program = '', script = '']: readonly string[]): string | undefined {
  const name = basename(program);
  if (wrappers.has(name)) return name;
  // `npm exec x`, the title that npx gives its process, is one argument.
  const [title = ''] = name.split(' ');
  if (wrappers.has(title)) return title;
  const scriptName = basename(script).replace(/(-cli)?\.[cm]?js$/, '');
  return interpreters.has(name.replace(/[\d.]+$/, '')) && wrappers.has(scriptName) ? scriptName : undefined;
}

function readArguments(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0+$/, '').split('\0');
  } catch {
    return [];
  }
}

interface Times {
  readonly state: string;
  readonly cpuSeconds: number;
  readonly ageSeconds: number;
}

/** From proc_pid_stat(5); undefined when the process is gone. */
function readTimes(pid: number): Times | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    const uptimeSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    return {
      state: fields[0] ?? '',
      cpuSeconds: (field(14) + field(15)) / ticksPerSecond,
      ageSeconds: uptimeSeconds - field(22) / ticksPerSecond,
    };
  } catch {
    return undefined;
  }
}
