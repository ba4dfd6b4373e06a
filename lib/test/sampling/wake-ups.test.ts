import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { wakeUpReader } from '../../src/sampling/wake-ups.ts';
import { ManualClock } from '../support/manual-clock.ts';

it.runIf(process.platform === 'linux')(
  'counts how often the threads of a process were woken, and no faster than once a second',
  async () => {
    const child = spawn(
      'python3',
      [
        '-c',
        `import sys, threading, time
def sleep_often():
  for _ in range(25): time.sleep(0.001)
for line in sys.stdin:
  other = threading.Thread(target=sleep_often)
  other.start(); sleep_often(); other.join()
  print('done', flush=True)`,
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    const round = async (): Promise<void> => {
      child.stdin.write('\n');
      await once(child.stdout, 'data');
    };
    const threads = (): number => readdirSync(`/proc/${child.pid}/task`).length;
    await round(); // it has started
    // A thread that was joined may be there for a moment yet, with its count.
    await expect.poll(threads).toBe(1);
    const clock = new ManualClock();
    const read = wakeUpReader(clock);
    const { pid = -1 } = child;
    const before = read([pid]);
    await round();
    await expect.poll(threads).toBe(1);
    await expect.poll(() => read([pid])).toBeNaN();
    clock.stall(1100);
    const woken = read([pid]) - before;
    // The thread that has ended took its count along.
    expect(woken).toBeGreaterThanOrEqual(25);
    expect(woken).toBeLessThan(60);
    clock.stall(1100);
    expect(read([])).toBeNaN();
  },
);
