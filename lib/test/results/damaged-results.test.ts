import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ledgerOf } from '../../src/analysis/ledger.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { thisProcess } from '../../src/processes/process-owner.ts';
import { toRichOutput } from '../../src/report/mime-bundle.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { type Experiment, openExperiment } from '../../src/results/experiment.ts';
import { buildExperiment, writeExperiment } from '../support/build-experiment.ts';
import { orchlab } from '../support/orchlab-command.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();
const built = buildExperiment({ runs: 3000, tasksPerRun: 3, durationSeconds: 0.01 });

let whole: string;
beforeEach(async () => {
  whole = join(workspace.current.results, built.name);
  await writeExperiment(built, whole);
});

function halve(table: string): void {
  const path = join(whole, `${table}.arrow`);
  truncateSync(path, Math.floor(readFileSync(path).length / 2));
}

function editManifest(directory: string, change: (manifest: Record<string, unknown>) => void): void {
  const path = join(directory, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(manifest);
  writeFileSync(path, JSON.stringify(manifest));
}

async function command(...args: string[]) {
  return orchlab(args, { cwd: workspace.current.root });
}

describe('a tasks.arrow cut in half', () => {
  let experiment: Experiment;
  beforeEach(async () => {
    halve('tasks');
    experiment = await openExperiment(whole);
  });

  it('is no loss of tasks: the ledger is the manifest’s, and every view says of how many tasks its figures are', () => {
    expect(experiment.tasks.numRows()).toBe(4096);
    expect(ledgerOf(experiment)).toMatchObject({ submitted: 9000, finished: 9000, lost: 0 });
    const summary = summarize(experiment);
    expect(summary.damage).toEqual({
      tasksRead: 4096,
      tasksWritten: 9000,
      problems: [
        'tasks.arrow is damaged: the file is cut off.',
        'tasks.arrow holds 4096 tasks, the manifest accounts for 9000 (4096 of 9000 finished).',
      ],
    });
    expect(summary.verdict).toMatchObject({
      limitedBy: 'unknown',
      sentence: 'What limited it is not judged: the results are damaged: figures are of 4096 of 9000 tasks.',
    });
    expect(summary.steady.found).toBe(false);
    const text = textSummary(summary);
    expect(text).toContain('Careful: the results are damaged: figures are of 4096 of 9000 tasks');
    expect(text).toContain('  - tasks.arrow is damaged: the file is cut off.');
    for (const view of [...Object.values(toRichOutput(experiment)?.data ?? {}), htmlReport(experiment)]) {
      expect(view).toContain('done, damaged');
      expect(view).toContain('figures are of 4096 of 9000 tasks');
    }
  });

  it('has an exit code of its own where it is shown, and is marked in the list', async () => {
    const { code, stdout, stderr } = await command('show', 'latest', '--json');
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({ tasks: { lost: 0 }, damage: { tasksRead: 4096 } });
    expect(stderr).toContain('figures are of 4096 of 9000 tasks');
    const list = await command('list');
    expect(list.code).toBe(0);
    expect(list.stdout).toContain('done, damaged');
    expect(list.stderr).toContain(`${whole}: the results are damaged`);
  });
});

it.each([
  ['a cut runs.arrow', () => halve('runs'), /runs\.arrow holds \d+ submitted runs, the manifest accounts for 3000/],
  ['a cut processes.arrow', () => halve('processes'), /processes\.arrow is damaged: the file is cut off/],
  ['tasks.arrow of zeros', () => writeFileSync(join(whole, 'tasks.arrow'), ''), /tasks\.arrow is damaged: the file is empty/],
  ['no tasks.arrow', () => rmSync(join(whole, 'tasks.arrow')), /tasks\.arrow holds 0 tasks, the manifest accounts for 9000/],
  [
    'a FIFO in its place',
    () => {
      rmSync(join(whole, 'tasks.arrow'));
      execFileSync('mkfifo', [join(whole, 'tasks.arrow')]);
    },
    /tasks\.arrow is damaged: the file can't be read \(expected a file, got a FIFO\)/,
  ],
  [
    'something in the middle of it overwritten',
    () => {
      const bytes = readFileSync(join(whole, 'tasks.arrow'));
      bytes.fill(0xff, 8, 4000);
      writeFileSync(join(whole, 'tasks.arrow'), bytes);
    },
    /tasks\.arrow/,
  ],
])('says so of %s', async (_, damage, problem) => {
  damage();
  const { damage: found, tasks, warnings } = summarize(await openExperiment(whole));
  expect(found?.problems.join('\n')).toMatch(problem);
  expect(warnings).toEqual(expect.arrayContaining([...(found?.problems ?? [])]));
  expect(tasks).toMatchObject({ submitted: 9000, lost: 0 });
});

it('files without an end are as they should be while it runs, and when it was killed', async () => {
  halve('tasks');
  editManifest(whole, (manifest) => {
    manifest['status'] = 'running';
    delete manifest['ledger'];
  });
  expect(summarize(await openExperiment(whole)).damage).toBeNull();
});

it('one whose process is gone did not end, which is said with what was sampled', async () => {
  halve('tasks');
  const statusWith = async (owner: object): Promise<string> => {
    editManifest(whole, (manifest) => {
      manifest['status'] = 'running';
      manifest['process'] = owner;
      delete manifest['ledger'];
    });
    const { damage: found, status, reason = '' } = summarize(await openExperiment(whole));
    expect(found).toBeNull();
    return `${status} ${reason}`;
  };
  const own = thisProcess();
  expect(await statusWith(own)).toBe('running ');
  // Its pid is another's by now, or of another start of the machine.
  const ended = `interrupted it did not end: its process (${own.pid}) is gone, killed or with the machine; what was sampled until then is kept`;
  expect(await statusWith({ ...own, startTime: `${own.startTime}0` })).toBe(ended);
  if (own.boot !== undefined) expect(await statusWith({ ...own, boot: 'another' })).toBe(ended);
  // What runs elsewhere can't be told from here.
  expect(await statusWith({ ...own, startTime: '0', host: `not-${own.host}` })).toBe('running ');
  if (own.pidNamespace !== undefined) expect(await statusWith({ ...own, startTime: '0', pidNamespace: 'pid:[1]' })).toBe('running ');
});

it('damaged experiments break neither the list nor the latest, and are named with the reason', async () => {
  const damage: Readonly<Record<string, (directory: string) => void>> = {
    'bytes-ff': (directory) => writeFileSync(join(directory, 'manifest.json'), Buffer.alloc(100, 0xff)),
    'no-target': (directory) => editManifest(directory, (manifest) => delete manifest['target']),
    'wrong-type': (directory) => editManifest(directory, (manifest) => (manifest['warnings'] = 'none')),
    'wrong-time': (directory) => editManifest(directory, (manifest) => (manifest['times'] = { startedMs: 1e300 })),
    'no-json': (directory) => appendFileSync(join(directory, 'manifest.json'), '{'),
    fifo: (directory) => {
      rmSync(join(directory, 'manifest.json'));
      execFileSync('mkfifo', [join(directory, 'manifest.json')]);
    },
    folder: (directory) => {
      rmSync(join(directory, 'manifest.json'));
      mkdirSync(join(directory, 'manifest.json'));
    },
  };
  for (const [name, change] of Object.entries(damage)) {
    const directory = join(workspace.current.results, `z-${name}`);
    cpSync(whole, directory, { recursive: true });
    change(directory);
  }
  const { code, stdout, stderr } = await command('list', '--json');
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as readonly { name: string }[]).map(({ name }) => name)).toEqual([built.name]);
  for (const name of Object.keys(damage)) expect(stderr).toMatch(new RegExp(`z-${name}/manifest\\.json: expected the manifest`));
  expect(stderr).toContain('got a FIFO');
  expect(stderr).toMatch(/z-no-target.*wrong target/);
  const latest = await command('show', 'latest');
  expect(latest.code).toBe(0);
  const named = await command('show', 'z-fifo');
  expect(named).toMatchObject({ code: 5, stdout: '' });
  expect(named.stderr).toMatch(/z-fifo\/manifest\.json: expected .*got a FIFO/);
});

it('opens an experiment of before a target said its places and times', async () => {
  editManifest(whole, (manifest) => (manifest['target'] = { name: 'dbos', version: '5.3.0' }));
  const { manifest } = await openExperiment(whole);
  expect(manifest.target).toMatchObject({ places: { kind: 'unknown' }, roles: [], options: {} });
  expect(manifest.target.times.started).toEqual({ clock: 'database', moment: 'unknown', source: '' });
  expect(htmlReport(await openExperiment(whole))).toContain('not known: the target does not say');
});
