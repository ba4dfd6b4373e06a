import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findFamily, identify, markerName } from '../../src/processes/process-family.ts';
import { isProcessAlive } from '../../src/processes/process-status.ts';
import { leftBehind, stopWithFamily } from '../../src/processes/stop-family.ts';
import { stopProcess } from '../../src/processes/stop-process.ts';
import { waitUntil } from './wait-until.ts';

let directory: string;
const started: number[] = [];
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'orchlab-family-test-'))));
afterEach(async () => {
  for (const pid of started.splice(0)) await stopProcess(pid, { signal: 'SIGKILL' });
  rmSync(directory, { recursive: true });
});

/** A shell that leads a session, and what it prints: the pids of what it started. */
async function startEngine(script: string, marker = ''): Promise<readonly [engine: number, ...others: number[]]> {
  const child = spawn('sh', ['-c', script], {
    cwd: directory,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, [markerName]: marker },
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line', { signal: AbortSignal.timeout(5000) })) as [string];
  const pids = line.split(' ').map(Number);
  started.push(child.pid ?? -1, ...pids);
  return [child.pid ?? -1, ...pids];
}

const aliveOf = (pids: readonly number[]): readonly number[] => pids.filter((pid) => isProcessAlive(pid));
/** A task in a session of its own; `$!` is its pid, for setsid does not fork where it leads no group. */
const task = 'setsid sleep 600 & ';
/** A process whose parent ended at once; its pid is in the file `orphan`. */
const orphan = `sh -c 'setsid sh -c "echo \\$\\$ > orphan; exec sleep 601" &'; while [ ! -s orphan ]; do sleep 0.01; done; `;

describe.runIf(process.platform === 'linux')('stopWithFamily', () => {
  test('ends what an engine leaves in sessions of its own, and says what that was', async () => {
    const [engine, ...tasks] = await startEngine(`${task} first=$!; ${task} echo $first $!; wait`);
    await waitUntil(
      'the tasks have sessions of their own',
      () => findFamily([identify(engine)]).filter(({ name }) => name === 'sleep').length === 2,
    );
    const left = await stopWithFamily([identify(engine)], undefined, async () => stopProcess(engine, { processGroup: true }));
    expect(leftBehind(left)).toEqual(['When the engine was stopped it left 2 processes running (2 sleep); orchlab ended them.']);
    expect(aliveOf([engine, ...tasks])).toEqual([]);
  });

  test('one whose parent has ended is found by the mark that it inherited', async () => {
    const [engine, pid = -1] = await startEngine(`${orphan} cat orphan; exec sleep 600`, 'mark-of-this-test');
    await waitUntil('its parent has ended', () => findFamily([identify(engine)]).length === 1);
    const family = findFamily([identify(engine)], 'mark-of-this-test').map((each) => each.pid);
    expect(new Set(family)).toEqual(new Set([engine, pid]));
    await stopWithFamily([identify(engine)], 'mark-of-this-test', async () => stopProcess(engine, { processGroup: true }));
    expect(aliveOf([engine, pid])).toEqual([]);
  });

  test('what ends with its engine is not said to have been left', async () => {
    const [engine, child = -1] = await startEngine(
      `${task} child=$!; trap 'kill $child; exit' TERM; echo $child; while :; do sleep 0.02; done`,
    );
    expect(await stopWithFamily([identify(engine)], undefined, async () => stopProcess(engine))).toEqual([]);
    expect(aliveOf([engine, child])).toEqual([]);
  });

  test('a stranger that got the pid of an engine is left alone', async () => {
    const [stranger, child = -1] = await startEngine(`${task} echo $!; wait`);
    await stopWithFamily([{ pid: stranger, startTime: '1' }], undefined, async () => undefined);
    expect(aliveOf([stranger, child])).toEqual([stranger, child]);
  });
});

test.runIf(process.platform === 'linux')(
  'when the owner of a guard is killed, all that came from what it started is ended, in its own time',
  async () => {
    const polite = `setsid sh -c 'trap "sleep 0.2; echo ended > in-order; exit" TERM; echo ready > trap; while :; do sleep 0.02; done' & `;
    const waiting = 'while [ ! -s trap ]; do sleep 0.01; done; ';
    const engine = `${task} task=$!; ${polite} polite=$!; ${orphan} ${waiting} echo $$ $task $polite $(cat orphan); wait`;
    const script = `
      import { spawn } from 'node:child_process';
      import { killGroupsWith, startGuard } from ${JSON.stringify(join(import.meta.dirname, '..', '..', 'src', 'processes', 'guard.ts'))};
      const guard = startGuard({ marks: true });
      const child = spawn('sh', ['-c', ${JSON.stringify(engine)}], { detached: true, stdio: ['ignore', 'inherit', 'ignore'] });
      killGroupsWith(guard)(child.pid);
      setInterval(() => undefined, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: owner.stdout }), 'line', { signal: AbortSignal.timeout(10_000) })) as [string];
    const pids = line.split(' ').map(Number);
    started.push(...pids);
    expect(aliveOf(pids)).toEqual(pids);
    owner.kill('SIGKILL');
    await waitUntil('all are gone', () => aliveOf(pids).length === 0);
    expect(existsSync(join(directory, 'in-order')) && readFileSync(join(directory, 'in-order'), 'utf8')).toBe('ended\n');
  },
);
