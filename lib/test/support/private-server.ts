import { afterAll, beforeAll } from 'vitest';
import type { DatabaseServer } from '../../src/database/database-server.ts';
import { startPrivateServer } from '../../src/database/private-server.ts';
import { startGuard } from '../../src/processes/guard.ts';

/** A Postgres for the tests of a file, from their beginning to their end. */
export function usePrivateServer(): { readonly server: DatabaseServer } {
  const guard = startGuard();
  let server: DatabaseServer | undefined;
  beforeAll(async () => {
    server = await startPrivateServer({ guard });
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await guard[Symbol.asyncDispose]();
  });
  return {
    get server() {
      if (!server) throw new Error('expected to be asked for in a test or a later hook: the server has not started yet');
      return server;
    },
  };
}
