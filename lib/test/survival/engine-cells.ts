import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell, DoesNotApply } from './cell.ts';
import type { Trial } from './trial.ts';

const engine = 'engine.mjs';

function signalEngine(signal: NodeJS.Signals): (trial: Trial) => void {
  return (trial) => void process.kill(trial.pidOf(engine), signal);
}

const dies = 'the scheduler dies';
const hangs = 'the scheduler hangs';
const neverStarts = 'the scheduler never starts';
const ignores = 'the scheduler ignores SIGTERM';
const floods = 'the scheduler floods its log';
const script = 'the script is missing or can’t be executed';
const killed = /scheduler 0 ended with SIGKILL while it was needed \(its output: scheduler-0\.log\)/;

/** What an engine may do. */
export const engineCells: readonly Cell[] = [
  {
    fault: dies,
    phase: 'prepare',
    done: 'it ends with exit code 7 as it starts',
    prepare: (trial) => trial.mode('exit-at-start'),
    expected: { code: 3, status: 'failed', message: /scheduler 0.*exit code 7.*scheduler-0\.log/, withinSeconds: 10 },
  },
  {
    fault: dies,
    phase: 'load',
    done: 'SIGKILL',
    cause: signalEngine('SIGKILL'),
    expected: { code: 3, status: 'failed', message: killed, withinSeconds: 10 },
    everyday: true,
  },
  {
    fault: dies,
    phase: 'drain',
    done: 'SIGKILL',
    cause: signalEngine('SIGKILL'),
    expected: { code: 3, status: 'failed', message: killed, withinSeconds: 10 },
  },
  {
    fault: hangs,
    phase: 'prepare',
    done: 'it runs and is never ready (its limit: `ready.seconds`, here 5)',
    prepare: (trial) => trial.mode('never-ready'),
    expected: { code: 3, status: 'failed', message: /scheduler 0.*not ready.*within 5 s/, withinSeconds: 30 },
  },
  {
    fault: hangs,
    phase: 'load',
    done: 'SIGSTOP (the limit: `timeout`, here 8)',
    args: ['-s', 'timeout=8', '-s', 'load_seconds=5'],
    prepare: (trial) => trial.stopSoon(),
    cause: signalEngine('SIGSTOP'),
    expected: { code: 3, status: 'timed-out', message: /had not all ended after 8 s \(raise `timeout`/, withinSeconds: 60 },
  },
  {
    fault: hangs,
    phase: 'drain',
    done: 'SIGSTOP (the limit: `timeout`, here 8)',
    args: ['-s', 'timeout=8'],
    prepare: (trial) => trial.stopSoon(),
    cause: signalEngine('SIGSTOP'),
    expected: { code: 3, status: 'timed-out', message: /had not all ended after 8 s \(raise `timeout`/, withinSeconds: 60 },
  },
  {
    fault: neverStarts,
    phase: 'start',
    done: 'its program is not there',
    prepare(trial) {
      const path = join(trial.workspace.configs, 'targets', 'survivor.yaml');
      writeFileSync(
        path,
        trial.targetText
          .replaceAll(/paths: .*, hint/g, 'hint')
          .replace('node: {', 'nonesuch: {')
          .replace('{{program.node}}', '{{program.nonesuch}}'),
      );
    },
    expected: { code: 4, status: 'none', message: /nonesuch.*Install Node/, withinSeconds: 10 },
  },
  {
    fault: ignores,
    phase: 'collect',
    done: 'it goes on until SIGKILL (its limit: `stop_seconds`, here 2)',
    prepare(trial) {
      trial.mode('ignore-sigterm');
      trial.release('stop');
      trial.stopSoon();
    },
    expected: { code: 0, status: 'done', message: undefined, withinSeconds: 30 },
  },
  {
    fault: floods,
    phase: 'load',
    done: 'as fast as it can, for 10 s',
    args: ['-s', 'load_seconds=10'],
    prepare: (trial) => trial.mode('flood'),
    expected: { code: 0, status: 'done', message: undefined, warning: /^scheduler-0\.log grew beyond \d+ MB: .* left out/ },
  },
  {
    fault: script,
    phase: 'start',
    done: 'there is no such file',
    args: ['--executor', 'process', '-s', 'script=none.sh'],
    expected: {
      code: 2,
      status: 'none',
      message: /script: expected a file of test-scripts\/.*got none\.sh, which does not exist/,
      withinSeconds: 10,
    },
  },
  {
    fault: script,
    phase: 'start',
    done: 'it lacks its x bit',
    args: ['--executor', 'process', '-s', 'script=plain.sh'],
    prepare: (trial) => writeFileSync(join(trial.workspace.scripts, 'plain.sh'), '#!/bin/sh\n', { mode: 0o644 }),
    expected: { code: 2, status: 'none', message: /got plain\.sh, which is not \(chmod \+x it\)/, withinSeconds: 10 },
  },
];

export const engineLimits: readonly DoesNotApply[] = [
  { fault: dies, phases: ['start'], why: 'there is no scheduler yet' },
  { fault: dies, phases: ['collect', 'report'], why: 'it is told to end there, or has ended' },
  { fault: hangs, phases: ['start'], why: 'there is no scheduler yet' },
  { fault: hangs, phases: ['collect'], why: 'that is a scheduler that ignores SIGTERM' },
  { fault: hangs, phases: ['report'], why: 'it has ended' },
  { fault: neverStarts, phases: ['prepare'], why: 'that is a scheduler that dies, or hangs, there' },
  { fault: neverStarts, phases: ['load', 'drain', 'collect', 'report'], why: 'it has started' },
  { fault: ignores, phases: ['start', 'prepare', 'load', 'drain', 'report'], why: 'it is told to end in collect only' },
  { fault: floods, phases: ['start', 'report'], why: 'there is no scheduler' },
  { fault: floods, phases: ['prepare', 'drain', 'collect'], why: 'its log is bounded in the same way throughout' },
  {
    fault: script,
    phases: ['prepare', 'load', 'drain', 'collect', 'report'],
    why: 'it was looked for at the start; taken away later, its tasks fail and are counted',
  },
];
