#!/usr/bin/env node
// The command. npm puts this project's own Node first in the path of its scripts and of npx; a bare `node` may be too old.
const [major] = process.versions.node.split('.').map(Number);
if (major < 22) {
  const { spawnSync } = await import('node:child_process');
  const { createRequire } = await import('node:module');
  const { fileURLToPath } = await import('node:url');
  const own = createRequire(import.meta.url).resolve('node/bin/node');
  const { status, signal } = spawnSync(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(signal ? 1 : (status ?? 1));
}
const { main } = await import('../dist/cli/main.js');
await main(process.argv);
