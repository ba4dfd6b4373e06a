import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { connect } from '../../src/database/database-client.ts';
import { type CommandResult, processesOf, startOrchlab } from '../support/orchlab-command.ts';
import { usePrivateServer } from '../support/private-server.ts';
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

/** Runs it with secrets in the URL, in the environment and in what the target declares, and holds on to every command line meanwhile. */
async function runWithSecrets(password: string): Promise<CommandResult & { readonly commandLines: readonly string[] }> {
  const url = new URL(host.server.url);
  url.username = 'maker';
  url.password = password;
  url.searchParams.set('sslpassword', `${mark}/ssl`);
  const { root } = workspace.current;
  const running = startOrchlab(['run', '--runs', '2', '--tasks', '1', '--duration', '0.2', '--target', join(root, 'engine.yaml')], {
    cwd: root,
    env: { DATABASE_URL: url.href, SERVICE_TOKEN: `${mark}-inherited`, PGPASSWORD: `${mark}-other` },
  });
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
    engine.replace("console.log('looking", "console.log(process.env, process.env.DATABASE_URL);\nconsole.log('looking"),
  );
  const description = readFileSync(join(examples, 'minimal.yaml'), 'utf8').replace(
    '  env:\n',
    `  env:\n    ENGINE_TOKEN: ${mark}-declared\n`,
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
  const written = filesBelow(root).filter(([path]) => path !== join(root, 'engine.yaml'));
  expect(written.map(([path]) => path)).toEqual(expect.arrayContaining([join(directory, 'report.html'), join(directory, 'manifest.json')]));
  expect(written.filter(([, text]) => text.includes(mark)).map(([path]) => path)).toEqual([]);
  expect(done.commandLines.some((line) => line.includes('minimal-engine.mjs'))).toBe(true);
  for (const { stdout, stderr, commandLines } of [done, denied]) expect([stdout, stderr, ...commandLines].join('\n')).not.toContain(mark);
});
