import { expect, it } from 'vitest';
import { runProgram } from '../../src/processes/run-program.ts';

it('gives the program its input, and tells its lines as they come', async () => {
  const lines: string[] = [];
  const result = await runProgram(['sh', '-c', 'cat; echo "$WHO" >&2'], {
    input: 'one\ntwo\n',
    env: { WHO: 'three' },
    seconds: 10,
    onLine: (line) => lines.push(line),
  });
  expect(result).toEqual({ isStarted: true, stdout: 'one\ntwo\n', output: 'one\ntwo\nthree\n' });
  expect(lines.toSorted()).toEqual(['one', 'three', 'two']);
});

it('tells how it failed', async () => {
  const failing = await runProgram(['sh', '-c', 'kill -9 $$'], { seconds: 10 });
  expect(failing.problem).toBe('ended with SIGKILL');
  const missing = await runProgram(['/no/such/program'], { seconds: 10 });
  expect(missing).toMatchObject({ isStarted: false, problem: 'could not be started: spawn /no/such/program ENOENT' });
});

it('stops it when told to, also before it has begun', async () => {
  const interrupted = new AbortController();
  const lines: string[] = [];
  const result = await runProgram(['sh', '-c', 'echo $$; exec sleep 600'], {
    seconds: 60,
    signal: interrupted.signal,
    onLine: (line) => {
      lines.push(line);
      interrupted.abort();
    },
  });
  expect(result.problem).toBe('was stopped');
  expect(() => process.kill(Number(lines[0]), 0)).toThrow('ESRCH');
  const late = await runProgram(['sleep', '600'], { seconds: 60, signal: interrupted.signal });
  expect(late.problem).toBe('was stopped');
});
