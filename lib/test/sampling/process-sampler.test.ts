import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { processReader } from '../../src/sampling/process-sampler.ts';
import { children, descendants } from '../../src/sampling/process-tree.ts';
import { systemClock } from '../../src/timing/clock.ts';

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

it('counts the workers of a scheduler, and the memory of what they started', async () => {
  const pid = await startScheduler(`
    import { spawn } from 'node:child_process';
    for (let i = 0; i < 3; i++) spawn('sh', ['-c', 'sleep 60; true']);
    console.log('ready');`);
  // sh starts sleep a moment after it runs itself.
  for (let tries = 0; (await descendants(pid)).length < 6 && tries < 200; tries++) await delay(10);
  expect(await children(pid)).toHaveLength(3);
  expect(await descendants(pid)).toHaveLength(6);

  const rows = await processReader({ schedulers: [pid] }, systemClock)();
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
  const rows = await processReader({ schedulers: [pid] }, systemClock)();
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
    const count = async (): Promise<number | undefined> => (await read()).find(({ role }) => role === 'workers')?.processCount;
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
  const rows = await processReader({ schedulers: [pid] }, systemClock)();
  const workers = rows.find(({ role }) => role === 'workers');
  expect(workers?.processCount).toBe(0);
  // Each burned at least 0.1 s, and start-up and exit cost some more.
  expect(workers?.cpuSeconds).toBeGreaterThan(1);
  expect(workers?.cpuSeconds).toBeLessThan(3);
});

it('reads nothing, and does not fail, when the processes are gone', async () => {
  const child = spawn('true');
  await once(child, 'exit');
  const rows = await processReader({ schedulers: [child.pid ?? -1] }, systemClock)();
  expect(rows.slice(0, 2).map(({ role, processCount, rssBytes, cpuSeconds }) => [role, processCount, rssBytes, cpuSeconds])).toEqual([
    ['scheduler', 0, 0, 0],
    ['workers', 0, 0, 0],
  ]);
});
