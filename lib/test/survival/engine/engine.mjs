// An engine of one process whose phases the tests hold: it goes on when the file hold-<what> of its directory is gone, and makes
// reached-<what> when it is there. mode-<what> makes it misbehave.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const directory = process.env.SURVIVAL_DIRECTORY;
const isIn = (mode) => existsSync(join(directory, `mode-${mode}`));
const hold = async (what) => {
  writeFileSync(join(directory, `reached-${what}`), '');
  while (existsSync(join(directory, `hold-${what}`))) await sleep(20);
};

if (isIn('exit-at-start')) {
  console.log('the engine has no idea what to do');
  process.exit(7);
}
process.on('SIGTERM', () => {
  if (!isIn('ignore-sigterm')) void hold('stop').then(() => process.exit(0));
});
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
client.on('error', (error) => {
  console.log(`the database: ${error.message}`);
  process.exit(8);
});
await client.connect();
await hold('ready');
if (!isIn('never-ready')) console.log('looking for tasks');
const line = 'x'.repeat(1000);
let flooded = false;
for (;;) {
  // Beyond the bound of a log in one go: how fast the machine is makes no difference.
  if (isIn('flood')) for (let count = 0; count < (flooded ? 2_000 : 100_000); count++) console.log(line);
  flooded = true;
  await hold('task');
  const { rowCount } = await client.query(
    `UPDATE task SET status = 'ok', started_at = clock_timestamp(), ended_at = clock_timestamp()
     WHERE id IN (SELECT id FROM task WHERE status = 'new' ORDER BY id LIMIT 4 FOR UPDATE SKIP LOCKED)`,
  );
  if (rowCount === 0) await sleep(20);
}
