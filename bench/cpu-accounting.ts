/**
 * Is the CPU of workers that hardly live reported? `node bench/cpu-accounting.ts` (Linux, python3)
 *
 * A scheduler starts 1,000 workers, 20 at a time, each burning about a millisecond in 20 ms of life, every tenth in a
 * process of its own below it.
 * orchlab's sampler at 10 Hz is set against the kernel's own account, asked by the scheduler itself: getrusage(RUSAGE_CHILDREN), and the
 * sum of the rusage that wait4 gave for each of them, which may miss what a process used in its very end. Exits with 1 when orchlab
 * differs from the former by more than 5 %.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { LinuxProcesses } from '../lib/src/sampling/linux-processes.ts';
import { processReader } from '../lib/src/sampling/process-sampler.ts';
import { sampleEvery } from '../lib/src/sampling/sample-every.ts';
import { systemClock as clock } from '../lib/src/timing/clock.ts';

const workers = 1000;
const atOnce = 20;
const intervalMs = 100;
const limit = 0.05;

/** CPU that each burns, and how long it lives: on two cores with 20 at once, more CPU would make it live longer. */
const burnedSeconds = 0.001;
const lifeSeconds = 0.02;

// It waits for a line, so that sampling has begun, and stays until another, so that its counters can be read once more.
const scheduler = `
import json, os, resource, sys, time
sys.stdin.readline()
def burn():
    while time.process_time() < ${burnedSeconds}: pass
def work(place, began):
    if place % 10 == 0:  # a level more, which does the burning
        below = os.fork()
        if below == 0:
            burn()
            os._exit(0)
        os.waitpid(below, 0)
    else:
        burn()
    time.sleep(max(0, ${lifeSeconds} - (time.monotonic() - began)))
    os._exit(0)
began = time.monotonic()
cpu = life = 0.0
running, started = {}, 0
while started < ${workers} or running:
    while started < ${workers} and len(running) < ${atOnce}:
        now = time.monotonic()
        pid = os.fork()
        if pid == 0: work(started, now)
        running[pid] = now
        started += 1
    pid, _, used = os.wait4(-1, 0)
    cpu += used.ru_utime + used.ru_stime
    life += time.monotonic() - running.pop(pid)
all = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({'cpuSeconds': all.ru_utime + all.ru_stime, 'waitedSeconds': cpu, 'meanLifeSeconds': life / ${workers}, 'elapsedSeconds': time.monotonic() - began}), flush=True)
sys.stdin.readline()
`;

interface Account {
  readonly cpuSeconds: number;
  readonly waitedSeconds: number;
  readonly meanLifeSeconds: number;
  readonly elapsedSeconds: number;
}

if (process.platform !== 'linux') throw new Error('bench/cpu-accounting.ts: expected Linux, whose kernel keeps the CPU of exited children');
const child = spawn('python3', ['-c', scheduler], { stdio: ['pipe', 'pipe', 'inherit'] });
await once(child, 'spawn');
const pid = child.pid ?? -1;

const reader = processReader({ schedulers: [pid] }, clock);
let reported = Number.NaN;
let samples = 0;
const sampler = sampleEvery({
  intervalMs,
  clock,
  onError: (error) => console.error(error),
  async read() {
    const rows = await reader.read();
    reported = rows.find(({ role }) => role === 'workers')?.cpuSeconds ?? Number.NaN;
    samples++;
  },
});

/** What polling knows: of each process that it happened to see, what it had used when it was seen last. */
const seen = new Map<number, number>();
const processes = new LinuxProcesses();
const poller = sampleEvery({
  intervalMs,
  clock,
  onError: (error) => console.error(error),
  read() {
    processes.begin();
    const root = processes.read(pid);
    const queue = root ? [...processes.children(pid)] : [];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const reading = processes.read(next);
      if (!reading) continue;
      seen.set(next, reading.cpuSeconds);
      queue.push(...processes.children(next));
    }
  },
});

child.stdin.write('go\n');
const [text] = (await once(child.stdout, 'data')) as [Buffer];
await sampler.stop();
await poller.stop();
child.stdin.end('end\n');
const account = JSON.parse(text.toString('utf8')) as Account;
const polled = [...seen.values()].reduce((total, seconds) => total + seconds, 0);

const share = (seconds: number): string => `${((100 * seconds) / account.cpuSeconds).toFixed(1)} %`;
console.log(`${workers} workers, ${atOnce} at a time, lived ${(1000 * account.meanLifeSeconds).toFixed(1)} ms each on average; ` +
    `${account.elapsedSeconds.toFixed(1)} s, ${samples} samples`); // prettier-ignore
console.log(`CPU by the kernel's rusage   ${account.cpuSeconds.toFixed(3)} s  100 %`);
console.log(`  summed over wait4          ${account.waitedSeconds.toFixed(3)} s  ${share(account.waitedSeconds)}`);
console.log(`CPU that orchlab reports     ${reported.toFixed(3)} s  ${share(reported)}`);
console.log(`CPU that polling alone saw   ${polled.toFixed(3)} s  ${share(polled)} (${seen.size} processes of ${1.1 * workers})`);
if (!(Math.abs(reported / account.cpuSeconds - 1) <= limit)) {
  console.log(`orchlab is off by more than ${100 * limit} %`);
  process.exitCode = 1;
}
