import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { PortableProcesses } from '../../src/sampling/portable-processes.ts';
import { type ObservedProcesses, processReader } from '../../src/sampling/process-sampler.ts';
import { children, descendants } from '../../src/sampling/process-tree.ts';
import type { Row } from '../../src/results/tables.ts';
import { systemClock } from '../../src/timing/clock.ts';
import { waitUntil } from '../processes/wait-until.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
});

async function startScheduler(script: string): Promise<number> {
  return (await startTalkingScheduler(script)).pid;
}

/** A process that acts as a scheduler: it starts what the script says as its workers. */
async function startTalkingScheduler(script: string): Promise<{ readonly pid: number; readonly said: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer]; // it prints when its workers run
  return { pid: child.pid ?? -1, said: said.toString('utf8') };
}

/** A Python program that is told what to do by lines, and says when it has done it. */
async function startPython(script: string): Promise<{ readonly pid: number; readonly tell: (line: string) => Promise<void> }> {
  const child = spawn('python3', ['-c', `import os, signal, sys, time\nsay = lambda word: os.write(1, word + b'\\n')\n${script}`], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.push(child);
  await once(child.stdout, 'data');
  return {
    pid: child.pid ?? -1,
    async tell(line) {
      child.stdin.write(`${line}\n`);
      await once(child.stdout, 'data');
    },
  };
}

/** Reads until all are looked at: where they are many, that is not each time. */
function fullReader(observed: ObservedProcesses): () => Promise<readonly Row<'processes'>[]> {
  const reader = processReader(observed, systemClock);
  return async () => {
    for (;;) {
      const rows = await reader.read();
      if (rows.some(({ role }) => role === 'workers')) return rows;
    }
  };
}

it.runIf(process.platform === 'linux')(
  'sees all of 2,500 children, no zombie among them, and no CPU twice or late when they are reaped',
  async () => {
    const { pid, tell } = await startPython(`
children = []
for index in range(2500):
    pid = os.fork()
    if pid == 0:
        while index < 500 and time.process_time() < 0.004: pass
        signal.pause()
    children.append(pid)
say(b'ready')
for line in sys.stdin:
    if line == 'end\\n':
        for pid in children[57:]: os.kill(pid, signal.SIGKILL)
        for pid in children[57:]: os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    else:
        for pid in children[57:]: os.waitpid(pid, 0)
    say(b'done')`);
    const read = fullReader({ schedulers: [pid] });
    const workers = async (): Promise<Row<'processes'>> => {
      const found = (await read()).find(({ role }) => role === 'workers');
      if (!found) throw new Error('expected a row of the workers');
      return found;
    };
    await waitUntil('the CPU of the 500 is known', async () => (await workers()).cpuSeconds > 500 * 0.004);
    const alive = await workers();
    expect(alive.processCount).toBe(2500);
    await tell('end');
    const ended = await workers();
    expect(ended.processCount).toBe(57);
    expect(ended.rssBytes).toBeLessThan(0.1 * alive.rssBytes);
    await tell('reap');
    const reaped = await workers();
    expect(reaped.processCount).toBe(57);
    // Nothing was used in between, and the kernel's own sum has it all.
    expect(reaped.cpuSeconds - ended.cpuSeconds).toBeGreaterThanOrEqual(0);
    expect(reaped.cpuSeconds - ended.cpuSeconds).toBeLessThan(0.1);
    const stat = execFileSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' }).split(' ');
    const ofExited = (Number(stat[15]) + Number(stat[16])) / 100;
    expect(reaped.cpuSeconds).toBeGreaterThan(ofExited - 0.05);
    expect(reaped.cpuSeconds).toBeLessThan(ofExited + 57 * 0.02 + 0.5);
  },
  120_000,
);

it.runIf(process.platform === 'linux')('reads memory to the page', async () => {
  const pid = await startScheduler(`
    import { spawn } from 'node:child_process';
    for (let i = 0; i < 20; i++) spawn('sleep', ['60']);
    setTimeout(() => console.log('ready'), 300);`);
  const below = await children(pid);
  const rss = (): number =>
    below.reduce((total, child) => {
      const rollup = execFileSync('cat', [`/proc/${child}/smaps_rollup`], { encoding: 'utf8' });
      return total + Number(/^Rss:\s+(\d+) kB/m.exec(rollup)?.[1]) * 1024;
    }, 0);
  const rows = await fullReader({ schedulers: [pid] })();
  expect(Math.abs((rows.find(({ role }) => role === 'workers')?.rssBytes ?? 0) / rss() - 1)).toBeLessThan(0.005);
});

describe.runIf(process.platform === 'linux')('roles', () => {
  const naming = (name: string, then = 'signal.pause()'): string => `
def ${name}():
    pid = os.fork()
    if pid == 0:
        os.execvp('python3', ['python3', '-c', ${JSON.stringify(`import os, signal
${then}`)}, '${name}'])
${name}()`;

  it('tells processes below a scheduler apart by their arguments, with what they start', async () => {
    const { pid } = await startPython(`${naming('api-server'.replace('-', '_'), 'os.fork()\nsignal.pause()')}
${naming('task_one')}
say(b'ready')
signal.pause()`);
    const other = await startPython(`say(b'ready')\nsignal.pause()`);
    const reader = processReader(
      {
        schedulers: [pid],
        rolePatterns: [
          { role: 'api', argv: 'api_server$' },
          { role: 'triggerer', argv: 'triggerer$' },
        ],
        others: [{ role: 'broker', pid: other.pid }],
      },
      systemClock,
    );
    const counts = async (): Promise<unknown> => (await reader.read()).map(({ role, processCount }) => [role, processCount]);
    const expected = [
      ['scheduler', 1],
      ['workers', 1],
      ['api', 2],
      ['triggerer', 0],
      ['broker', 1],
      ['driver', 1],
    ];
    await waitUntil('all have begun', async () => JSON.stringify(await counts()) === JSON.stringify(expected)).catch(() => undefined);
    expect(await counts()).toEqual(expected);
    expect(reader.warnings()).toEqual([
      "No process below the scheduler was of the role triggerer: none had arguments as the target's pattern for it.",
    ]);
  });

  it('finds a scheduler behind its wrapper, and keeps what was counted when one of them ends', async () => {
    const burn = 'import time\nwhile time.process_time() < 0.3: pass\n';
    const inner = `${burn}a = os.fork()\nif a: os.fork()\nsignal.pause()`;
    const { pid, tell } = await startPython(`${naming('real', inner)}
say(b'ready')
sys.stdin.readline()
os.kill(int(open(f'/proc/{os.getpid()}/task/{os.getpid()}/children').read().split()[0]), signal.SIGKILL)
os.wait()
say(b'ended')
signal.pause()`);
    const read = fullReader({ schedulers: [pid], rolePatterns: [{ role: 'scheduler', argv: ' real$' }] });
    let rows = await read();
    const row = (role: string): Row<'processes'> | undefined => rows.find((each) => each.role === role);
    await waitUntil('its workers are there', async () => {
      rows = await read();
      return row('workers')?.processCount === 2;
    });
    expect(row('scheduler')?.processCount).toBe(2);
    const before = row('scheduler')?.cpuSeconds ?? Number.NaN;
    expect(before).toBeGreaterThan(0.3);
    await tell('end');
    rows = await read();
    expect(row('scheduler')?.processCount).toBe(1);
    expect(row('scheduler')?.cpuSeconds).toBeGreaterThanOrEqual(before);
    expect(row('scheduler')?.cpuSeconds).toBeLessThan(before + 0.2);
    // Its workers go on, below another parent.
    expect(row('workers')?.processCount).toBe(2);
    expect(row('workers')?.cpuSeconds).toBeLessThan(0.2);
  });
});

it('does without /proc', async () => {
  const pid = await startScheduler(`
    import { spawn } from 'node:child_process';
    for (let i = 0; i < 3; i++) spawn('sh', ['-c', 'sleep 60; true']);
    setTimeout(() => console.log('ready'), 200);`);
  const reader = processReader({ schedulers: [pid] }, systemClock, undefined, () => new PortableProcesses());
  const [scheduler, workers] = await reader.read();
  expect([scheduler?.processCount, workers?.processCount]).toEqual([1, 3]);
  expect(workers?.rssBytes).toBeGreaterThan(6 * 0.5e6);
});

it('counts the workers of a scheduler, and the memory of what they started', async () => {
  const pid = await startScheduler(`
    import { spawn } from 'node:child_process';
    for (let i = 0; i < 3; i++) spawn('sh', ['-c', 'sleep 60; true']);
    console.log('ready');`);
  // sh starts sleep a moment after it runs itself.
  for (let tries = 0; (await descendants(pid)).length < 6 && tries < 200; tries++) await delay(10);
  expect(await children(pid)).toHaveLength(3);
  expect(await descendants(pid)).toHaveLength(6);

  const rows = await processReader({ schedulers: [pid] }, systemClock).read();
  expect(rows.map(({ role, instance, processCount }) => [role, instance, processCount])).toEqual([
    ['scheduler', 0, 1],
    ['workers', 0, 3],
    ['driver', 0, 1],
  ]);
  expect(rows[0]?.rssBytes).toBeGreaterThan(20e6); // a Node process
  expect(rows[1]?.rssBytes).toBeGreaterThan(6 * 0.5e6); // six small ones
  expect(rows[1]?.rssBytes).toBeLessThan(6 * 10e6);
});

it.runIf(process.platform === 'linux')('counts the CPU that a living worker has from what it started and waited for', async () => {
  // The worker is a shell that goes on: what its children used is in no sum of the scheduler's yet.
  const { pid, said } = await startTalkingScheduler(`
    import { spawn } from 'node:child_process';
    const burn = 'const used = () => { const { userCPUTime, systemCPUTime } = process.resourceUsage(); return (userCPUTime + systemCPUTime) / 1e6; }; while (used() < 0.5); console.log(used());';
    const worker = spawn('sh', ['-c', '"$0" -e "$1"; "$0" -e "$1"; echo done; exec sleep 60', process.execPath, burn], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    worker.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('done')) console.log(text.split('\\n').slice(0, 2).reduce((sum, line) => sum + Number(line), 0));
    });`);
  const told = Number(said);
  expect(told).toBeGreaterThanOrEqual(1);
  const rows = await processReader({ schedulers: [pid] }, systemClock).read();
  const workers = rows.find(({ role }) => role === 'workers');
  expect(workers?.processCount).toBe(1);
  // Their end comes after what they told, and the kernel's ticks are 10 ms.
  expect(workers?.cpuSeconds).toBeGreaterThan(told - 0.03);
  expect(workers?.cpuSeconds).toBeLessThan(told * 1.15);
});

it.runIf(process.platform === 'linux')(
  'sees workers that any thread of a scheduler started, and follows a changing number of threads',
  async () => {
    const pid = await startScheduler(`
    import { Worker } from 'node:worker_threads';
    import { spawn } from 'node:child_process';
    new Worker('import("node:child_process").then(({ spawn }) => spawn("sleep", ["60"])); setInterval(() => {}, 1000)', { eval: true });
    process.stdin.resume();
    setTimeout(() => { spawn('sleep', ['60']); console.log('ready'); }, 200);`);
    const read = processReader({ schedulers: [pid] }, systemClock);
    const count = async (): Promise<number | undefined> => (await read.read()).find(({ role }) => role === 'workers')?.processCount;
    let found = await count();
    for (let tries = 0; found !== 2 && tries < 300; tries++) {
      await delay(10);
      found = await count();
    }
    expect(found).toBe(2);
  },
);

it.runIf(process.platform === 'linux')('counts the CPU of workers that lived and died between two samples', async () => {
  // Ten workers one after the other, each burning 100 ms of CPU and telling what the kernel says it used (rusage).
  const pid = await startScheduler(`
    import { spawnSync } from 'node:child_process';
    const worker = 'const end = process.cpuUsage().user + process.cpuUsage().system + 1e5; for (;;) { const { user, system } = process.cpuUsage(); if (user + system > end) break; } console.log(JSON.stringify(process.resourceUsage()))';
    let seconds = 0;
    for (let i = 0; i < 10; i++) {
      const usage = JSON.parse(spawnSync(process.execPath, ['-e', worker], { encoding: 'utf8' }).stdout);
      seconds += (usage.userCPUTime + usage.systemCPUTime) / 1e6;
    }
    console.log(seconds);
    setInterval(() => undefined, 1000);`).then((found) => found);
  const rows = await processReader({ schedulers: [pid] }, systemClock).read();
  const workers = rows.find(({ role }) => role === 'workers');
  expect(workers?.processCount).toBe(0);
  // Each burned at least 0.1 s, and start-up and exit cost some more.
  expect(workers?.cpuSeconds).toBeGreaterThan(1);
  expect(workers?.cpuSeconds).toBeLessThan(3);
});

it('reads nothing, and does not fail, when the processes are gone', async () => {
  const child = spawn('true');
  await once(child, 'exit');
  const rows = await processReader({ schedulers: [child.pid ?? -1] }, systemClock).read();
  expect(rows.slice(0, 2).map(({ role, processCount, rssBytes, cpuSeconds }) => [role, processCount, rssBytes, cpuSeconds])).toEqual([
    ['scheduler', 0, 0, 0],
    ['workers', 0, 0, 0],
  ]);
});
