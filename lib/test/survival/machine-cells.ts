import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { orchlab } from '../support/orchlab-command.ts';
import type { Cell, DoesNotApply } from './cell.ts';
import { fill, mountReason } from './small-disk.ts';
import type { Trial } from './trial.ts';

const full = 'the disk of perf-results is full';
const clock = 'the clock jumps';
const two = 'two orchlabs at once';
const pipe = 'stdout is closed (EPIPE)';
const shift = new URL('./engine/shift-clock.mjs', import.meta.url).href;

function mountResults(trial: Trial): void {
  const { results } = trial.workspace;
  mkdirSync(results);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', results]);
  trial.onEnd(() => void execFileSync('umount', [results]));
}

const onSmallDisk = { fault: full, skip: mountReason } as const;
const unwritable = /the results can't be written any more: .*ENOSPC.*make room there/;

/** What a machine may do to orchlab. */
export const machineCells: readonly Cell[] = [
  {
    ...onSmallDisk,
    phase: 'start',
    done: 'not a byte is left',
    prepare(trial) {
      mountResults(trial);
      fill(trial.workspace.results);
    },
    expected: {
      code: 4,
      status: 'none',
      message: /perf-results.*: the results can't be written: .*ENOSPC.*make room there/,
      withinSeconds: 10,
    },
  },
  ...(['load', 'drain', 'collect'] as const).map((phase): Cell => ({
    ...onSmallDisk,
    phase,
    done: 'not a byte is left any more',
    prepare: mountResults,
    cause: (trial) => fill(trial.workspace.results),
    expected: { code: 3, status: 'failed', message: unwritable, withinSeconds: 30 },
  })),
  {
    ...onSmallDisk,
    phase: 'report',
    done: 'not a byte is left any more',
    prepare: mountResults,
    cause: (trial) => fill(trial.workspace.results),
    expected: {
      code: 4,
      status: 'done',
      message: /the experiment is complete \(done\), but its reports can't be written: .*ENOSPC.*make room there/,
      withinSeconds: 30,
    },
    everyday: true,
  },
  ...([3600, -3600] as const).map((seconds): Cell => ({
    fault: clock,
    phase: 'load',
    done: `an hour ${seconds > 0 ? 'forwards' : 'back'}, for the processes of orchlab and the engine, not for Postgres`,
    args: ['-s', 'load_seconds=4'],
    environment: (trial) => ({ NODE_OPTIONS: `--import=${shift}`, SHIFT_FILE: join(trial.workspace.root, 'shift') }),
    cause: (trial) => writeFileSync(join(trial.workspace.root, 'shift'), String(seconds)),
    expected: { code: 0, status: 'done', message: undefined, warning: /^The clock of this machine was set by -?\d+ ms/ },
  })),
  {
    fault: two,
    phase: 'load',
    done: 'another experiment of the same workspace, on the same server',
    args: ['-s', 'load_seconds=5'],
    async cause(trial) {
      const { code, stderr } = await orchlab(['run', 'survival'], { cwd: trial.workspace.root, env: { DATABASE_URL: trial.serverUrl } });
      expect.soft(code, stderr).toBe(0);
    },
    expected: { code: 0, status: 'done', message: undefined, warning: /Another experiment ran on this machine at the same time/ },
  },
  {
    fault: pipe,
    phase: 'load',
    done: 'as by `| head -1`',
    args: ['-s', 'load_seconds=3'],
    cause: (trial) => void trial.command.stdout?.destroy(),
    expected: { code: 0, status: 'done', message: undefined },
    check: (trial) => expect.soft(trial.hasReport()).toBe(true),
  },
];

export const machineLimits: readonly DoesNotApply[] = [
  { fault: full, phases: ['prepare'], why: 'it is as in load' },
  { fault: clock, phases: ['start', 'prepare', 'report'], why: 'nothing is timed there' },
  { fault: clock, phases: ['drain', 'collect'], why: 'it is as in load' },
  { fault: two, phases: ['start', 'prepare', 'drain', 'collect', 'report'], why: 'it is as in load: each has a database of its own' },
  { fault: pipe, phases: ['start', 'prepare', 'drain', 'collect', 'report'], why: 'it shows when the summary is printed, at the end' },
];
