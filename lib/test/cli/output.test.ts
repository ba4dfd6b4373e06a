import { spawnSync } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { printable, printableJson, printableLine } from '../../src/report/printable.ts';
import { textTable } from '../../src/report/text-table.ts';
import { progressLine } from '../../src/report/terminal-progress.ts';
import { buildExperiment, toTable, writeExperiment } from '../support/build-experiment.ts';
import { orchlab, startOrchlab } from '../support/orchlab-command.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();
const escape = '\x1b';
const hostile = `a${escape}]0;owned\x07b${escape}[2Jc\x9b1md\u202ee`;
const shown = String.raw`a\x1b]0;owned\x07b\x1b[2Jc\x9b1md\u202ee`;

it('shows control characters, leaves colours out, and keeps lines', () => {
  expect(printable(hostile)).toBe(shown);
  expect(printable(`one\r\n\ttwo ${escape}[1;31mred${escape}[0m Zürich 日本`)).toBe('one\n\ttwo red Zürich 日本');
  expect(printableLine('a\nb\tc\rd')).toBe(String.raw`a\nb c\x0dd`);
  expect(JSON.parse(printableJson({ hostile }))).toEqual({ hostile });
  expect(printableJson(hostile)).not.toMatch(/\p{Cc}|\p{Bidi_C}/u);
  const row = { statementIndex: 0, query: `${hostile}\nnext` };
  expect(textTable(toTable('statements', [row]))).toContain(String.raw`${shown}\nnext`);
  expect(progressLine({ phase: 'starting', step: hostile, elapsedSeconds: 1 } as never)).toBe(`Progress: ${shown} | 1.0s`);
});

it('prints all through one place', () => {
  const folder = fileURLToPath(new URL('../../src/cli/', import.meta.url));
  const others = readdirSync(folder).filter((name) => name !== 'output.ts');
  const raw = others.filter((name) => /std(out|err)\.write|console\./.test(readFileSync(join(folder, name), 'utf8')));
  expect(raw).toEqual([]);
});

it('lets no escape of a name, a manifest, a config key or an argument reach the terminal', async () => {
  const built = buildExperiment({ runs: 2, config: hostile, warnings: [hostile], status: 'failed', reason: hostile });
  await writeExperiment(built, join(workspace.current.results, 'one'));
  mkdirSync(join(workspace.current.results, `two${escape}[2J`, 'manifest.json'), { recursive: true });
  workspace.current.writeConfig('bad', `"${String.raw`\e[2Jkey`}": 1\nworkflows: "${String.raw`\e[2J`}"\n`);
  for (const args of [['list'], ['list', '--json'], ['show', 'one'], ['run', 'bad'], ['show', hostile], [`--${hostile}`], ['targets']]) {
    const { stdout, stderr } = await orchlab(args, { cwd: workspace.current.root });
    expect(`${stdout}${stderr}`.replaceAll('\n', ''), args.join(' ')).not.toMatch(/\p{Cc}|\p{Bidi_C}/u);
    if (args[0] !== 'targets') expect(`${stdout}${stderr}`, args.join(' ')).toMatch(/\\x1b|\\u001b/);
  }
});

it('fails when stdout can not be written, with a code of its own; a reader that has seen enough is no error', async () => {
  await writeExperiment(buildExperiment({ runs: 2 }), join(workspace.current.results, 'one'));
  const bin = fileURLToPath(new URL('../../bin/orchlab.js', import.meta.url));
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [bin, 'show', 'latest', '--json'], {
    cwd: workspace.current.root,
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  expect(status).toBe(6);
  expect(stderr).toBe("orchlab: the output can't be written to stdout: ENOSPC: no space left on device, write\n");
  const piped = spawnSync('bash', ['-o', 'pipefail', '-c', `'${process.execPath}' '${bin}' show latest --json | true`], {
    cwd: workspace.current.root,
    encoding: 'utf8',
  });
  expect(piped).toMatchObject({ status: 0, stderr: '' });
});

it.each([['list'], ['--help'], ['history', '--json']])(
  'a reader that is gone before anything is printed is no error of %s %s',
  async (...args: readonly string[]) => {
    await writeExperiment(buildExperiment({ runs: 2 }), join(workspace.current.results, 'one'));
    const { child, result } = startOrchlab(args, { cwd: workspace.current.root });
    child.stdout?.destroy();
    const { code, signal, stderr } = await result;
    expect({ code, signal }, stderr).toEqual({ code: 0, signal: null });
    expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
  },
);
