import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { connect } from '../../src/database/database-client.ts';
import { type CommandResult, type RunningCommand, processesOf, startOrchlab } from '../support/orchlab-command.ts';
import { usePrivateServer } from '../support/private-server.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { useTemporaryWorkspace } from '../support/temporary-workspace.ts';

const workspace = useTemporaryWorkspace();
const host = usePrivateServer();
const mark = 'Zq1marked';
const examples = fileURLToPath(new URL('../../../docs/examples/', import.meta.url));

/** Every file below a directory, with what is in it. */
function filesBelow(directory: string): readonly (readonly [path: string, text: string])[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'latin1')] as const);
}

/** Starts it with secrets in the URL, in the environment and in what the target declares. */
function startWithSecrets(password: string, duration: string): RunningCommand {
  const url = new URL(host.server.url);
  url.username = 'maker';
  url.password = password;
  url.searchParams.set('sslpassword', `${mark}/ssl`);
  const { root } = workspace.current;
  return startOrchlab(['run', '--runs', '2', '--tasks', '1', '--duration', duration, '--target', join(root, 'engine.yaml')], {
    cwd: root,
    env: { DATABASE_URL: url.href, SERVICE_TOKEN: `${mark}-inherited`, PGPASSWORD: `${mark}-other` },
  });
}

/** Kills orchlab while its engine has printed all that and works, and returns the engine's log when nothing of it runs any more. */
async function runUntilKilled(password: string): Promise<string> {
  const { root, results } = workspace.current;
  const before = readdirSync(results);
  const { child, result } = startWithSecrets(password, '60');
  const log = (): string => join(results, readdirSync(results).find((name) => !before.includes(name)) ?? '', 'scheduler-0.log');
  await waitUntil('the engine has printed its secrets', () => existsSync(log()) && readFileSync(log(), 'utf8').includes('looking for'));
  const experiment = processesOf(root).find((line) => line.includes('experiment-process')) ?? '';
  process.kill(Number.parseInt(experiment, 10), 'SIGSTOP');
  child.kill('SIGKILL');
  process.kill(Number.parseInt(experiment, 10), 'SIGKILL');
  await result;
  await waitUntil('nothing of it runs', () => processesOf(root).length === 0);
  // The guard has no environment by which to know it.
  await waitUntil('the log holds none of it', () => !readFileSync(log(), 'utf8').includes(mark));
  return log();
}

/** Runs it, and holds on to every command line meanwhile. */
async function runWithSecrets(password: string): Promise<CommandResult & { readonly commandLines: readonly string[] }> {
  const { root } = workspace.current;
  const running = startWithSecrets(password, '0.2');
  const commandLines = new Set<string>();
  const ended = new AbortController();
  const result = running.result.finally(() => ended.abort());
  while (!ended.signal.aborted) {
    for (const line of processesOf(root)) commandLines.add(line.replace(/^\d+ /, ''));
    await delay(50);
  }
  return { ...(await result), commandLines: [...commandLines] };
}

it('secrets of DATABASE_URL and of the environment reach no file, no output and no command line', async () => {
  await using client = await connect(host.server.url);
  await client.query(`create role maker login createdb password '${mark}@/p w'`);
  const { root } = workspace.current;
  // The engine prints all that it knows: its environment, and the address of its database.
  const engine = readFileSync(join(examples, 'minimal-engine.mjs'), 'utf8').replace("'pg'", JSON.stringify(import.meta.resolve('pg')));
  writeFileSync(
    join(root, 'minimal-engine.mjs'),
    engine.replace(
      "console.log('looking",
      `console.log(process.env, process.env.DATABASE_URL);
console.log((await import('node:fs')).readFileSync(process.env.SETTINGS, 'utf8'));
console.log('looking`,
    ),
  );
  const description = readFileSync(join(examples, 'minimal.yaml'), 'utf8').replace(
    '  env:\n',
    `  files:\n    settings.yaml: |\n      api_key: ${mark}-literal\n  env:\n    SETTINGS: '{{file.settings.yaml}}'\n    ENGINE_TOKEN: ${mark}-declared\n`,
  );
  writeFileSync(join(root, 'engine.yaml'), description);

  const done = await runWithSecrets(`${mark}@/p w`);
  expect(done.code, done.stderr).toBe(0);
  const denied = await runWithSecrets(`${mark}-wrong`);
  expect(denied.code, denied.stderr).toBe(3);
  expect(denied.stderr).toMatch(/password authentication failed/);

  const [experiment = ''] = readdirSync(workspace.current.results);
  const directory = join(workspace.current.results, experiment);
  expect(readFileSync(join(directory, 'scheduler-0.log'), 'utf8')).toContain("ENGINE_TOKEN: '***'");
  expect(readFileSync(join(directory, 'scheduler-0-settings.yaml'), 'utf8')).toBe('api_key: ***\n');
  expect(readFileSync(join(directory, 'scheduler-0.log'), 'utf8')).toContain('api_key: ***\n');
  const killed = await runUntilKilled(`${mark}@/p w`);
  expect(readFileSync(killed, 'utf8')).toContain("ENGINE_TOKEN: '***'");
  const written = filesBelow(root).filter(([path]) => path !== join(root, 'engine.yaml'));
  expect(written.map(([path]) => path)).toEqual(expect.arrayContaining([join(directory, 'report.html'), join(directory, 'manifest.json')]));
  expect(written.filter(([, text]) => text.includes(mark)).map(([path]) => path)).toEqual([]);
  expect(done.commandLines.some((line) => line.includes('minimal-engine.mjs'))).toBe(true);
  for (const { stdout, stderr, commandLines } of [done, denied]) expect([stdout, stderr, ...commandLines].join('\n')).not.toContain(mark);
});
