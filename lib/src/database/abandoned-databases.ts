import { setTimeout as delay } from 'node:timers/promises';
import { connect } from './database-client.ts';
import { isOwnerGone } from './database-owner.ts';
import type { DatabaseServer } from './database-server.ts';
import { dropDatabase, findExperimentDatabases } from './experiment-database.ts';

// A backend whose client was killed with it sees that at once, unless it is in the middle of something.
const freeLimitMs = 5000;

/**
 * Drops what experiments left on `server` whose process was killed (SIGKILL, out of memory); answers the names. One that was to be kept
 * stays, and so does one of another machine, of a process that lives, or in use: `wait` gives those who use it 5 s to be gone.
 */
export async function dropAbandonedDatabases(
  server: Pick<DatabaseServer, 'url'>,
  { wait = false }: { readonly wait?: boolean } = {},
): Promise<readonly string[]> {
  await using client = await connect(server.url);
  const endMs = performance.now() + (wait ? freeLimitMs : 0);
  for (;;) {
    const abandoned = (await findExperimentDatabases(client)).filter(({ comment }) => isOwnerGone(comment));
    if (abandoned.some(({ connections }) => connections > 0) && performance.now() < endMs) {
      await delay(100);
      continue;
    }
    const unused = abandoned.filter(({ connections }) => connections === 0);
    for (const { name } of unused) await dropDatabase(client, name);
    return unused.map(({ name }) => name);
  }
}
