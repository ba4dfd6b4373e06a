#!/usr/bin/env node
// The command. npm puts this project's own Node first in the path of its scripts and of npx; a bare `node` may be too old.
// Up to the import of dist it must run on such a one.
const oldestNode = 24;
const [major] = process.versions.node.split('.').map(Number);
if (major < oldestNode) {
  const { spawn } = await import('node:child_process');
  const { createRequire } = await import('node:module');
  const { fileURLToPath } = await import('node:url');
  let own;
  try {
    own = createRequire(import.meta.url).resolve('node/bin/node');
  } catch {
    process.stderr.write(
      `orchlab: ${process.execPath}: expected Node ${oldestNode} or newer, got ${process.versions.node}: install one from https://nodejs.org, or run npx orchlab in orchlab's repository, where npm ci brings one\n`,
    );
    process.exit(4); // something is missing: lib/src/cli/exit-codes.ts
  }
  // Whoever signals this process means the other, which also looks whether this one is still there.
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, ORCHLAB_LAUNCHER: String(process.pid) },
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`orchlab: ${own} could not be started: ${error.message}\n`);
      resolve([4]);
    });
    child.once('exit', (...how) => resolve(how));
  });
  if (!signal) process.exit(code);
  for (const each of signals) process.removeAllListeners(each);
  process.kill(process.pid, signal);
  // It ends by it, a moment later.
  await new Promise(() => setInterval(() => undefined, 1000));
}
const { main } = await import('../dist/cli/main.js');
await main(process.argv);
