import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createConfig } from '../../src/config/load-config.ts';
import { findWorkspace } from '../../src/config/workspace.ts';
import { findExperiments } from '../../src/results/find-experiments.ts';
import type { Manifest } from '../../src/results/manifest.ts';
import { ConcurrentExperimentError } from '../../src/run/concurrent-experiment-error.ts';
import { type RunExperimentOptions, runExperiment } from '../../src/run/run-experiment.ts';
import { postNotice } from '../../src/run/running-notice.ts';
import { orchlab, startOrchlab } from '../support/orchlab-command.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();

const small = { tasks_per_workflow: 1, duration: 0.01, executor: 'inline' as const, scheduler: { poll_interval_secs: 0.1 } };

function optionsOf(onProgress: RunExperimentOptions['onProgress'] = false): RunExperimentOptions {
  return { workspace: findWorkspace(workspace.current.root), onProgress };
}

async function warningsOf(config: string): Promise<Manifest['warnings']> {
  const [experiment] = await findExperiments({ directory: workspace.current.results, config });
  return experiment?.manifest.warnings ?? ['there is no such experiment'];
}

it('a second experiment in the same process is refused, or runs with a warning in both where that is asked for', async () => {
  const first = createConfig({ ...small, workflows: 1, duration: 300, timeout: 600 }, 'first');
  const second = createConfig({ ...small, workflows: 2 }, 'second');
  const stop = new AbortController();
  const loaded = Promise.withResolvers<void>();
  const running = runExperiment(first, {
    ...optionsOf((progress) => progress.phase === 'drain' && loaded.resolve()),
    signal: stop.signal,
  });
  const ended = running.catch((error: unknown) => String(error));
  const refused = runExperiment(second, optionsOf());
  await expect(refused).rejects.toThrow(ConcurrentExperimentError);
  await expect(refused).rejects.toThrow(/^an experiment \(first on dbos\) still runs in this process, .*\(is an `await` missing/);
  await loaded.promise;
  const beside = await runExperiment(second, { ...optionsOf(), besideOthers: true });
  expect(beside.manifest).toMatchObject({ status: 'done', ledger: { submitted: 2, finished: 2 } });
  stop.abort();
  expect(await ended).toContain('interrupted by the user');
  const said = (other: string): string =>
    `Another experiment ran on this machine at the same time (${other} on dbos, process ${process.pid}): the figures of both are of a machine that they shared.`;
  expect(await warningsOf('second')).toContain(said('first'));
  expect(await warningsOf('first')).toContain(said('second'));
  expect(readdirSync(join(workspace.current.state, 'running'))).toEqual([]);
  // One after the other is nothing to warn of.
  await runExperiment(createConfig({ ...small, workflows: 1 }, 'third'), optionsOf());
  expect((await warningsOf('third')).filter((warning) => warning.startsWith('Another'))).toEqual([]);
});

it('two commands at once are told of each other, on stderr and in their manifests', async () => {
  workspace.current.writeConfig('long', 'workflows: 1\ntasks_per_workflow: 1\nduration: 300\nexecutor: inline\ntimeout: 600\n');
  workspace.current.writeConfig('short', 'workflows: 1\ntasks_per_workflow: 1\nduration: 0.01\nexecutor: inline\n');
  const environment = { cwd: workspace.current.root };
  const long = startOrchlab(['run', 'long'], environment);
  await long.seen(/Progress: 0\/1 tasks/);
  const short = await orchlab(['run', 'short'], environment);
  expect(short.code, short.stderr).toBe(0);
  expect(short.stderr).toMatch(/^warning: Another experiment ran on this machine at the same time \(long on dbos, process \d+\)/m);
  long.child.kill('SIGINT');
  expect((await long.result).code).toBe(130);
  expect(await warningsOf('short')).toContainEqual(expect.stringMatching(/^Another experiment .* \(long on dbos, process \d+\)/));
  expect(await warningsOf('long')).toContainEqual(expect.stringMatching(/^Another experiment .* \(short on dbos, process \d+\)/));
});

it('the notice of a process that was killed, or of another one with its pid, counts no more', async () => {
  const { state, root } = workspace.current;
  const directory = join(state, 'running');
  mkdirSync(directory, { recursive: true });
  const killed = spawn('sleep', ['60']);
  killed.kill('SIGKILL');
  await once(killed, 'close');
  writeFileSync(join(directory, 'killed.json'), JSON.stringify({ pid: killed.pid, startTime: '1', what: 'killed' }));
  writeFileSync(join(directory, 'killed.beside'), 'x\n');
  writeFileSync(join(directory, 'reused.json'), JSON.stringify({ pid: process.pid, startTime: '1', what: 'reused' }));
  writeFileSync(join(directory, 'broken.json'), '{');
  const config = createConfig({ ...small, workflows: 1 }, 'alone');
  const notice = await postNotice(findWorkspace(root), config);
  expect(notice.others).toEqual([]);
  expect(readdirSync(directory)).toHaveLength(1);
  expect(await notice.close()).toEqual([]);
  expect(readdirSync(directory)).toEqual([]);
});
