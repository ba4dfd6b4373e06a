import type { Command } from 'commander';
import { findWorkspace } from '../config/workspace.ts';
import { redactUrl, withDatabase } from '../database/database-url.ts';
import { cleanDatabases, initializeDatabase } from '../database/manage-databases.ts';
import { type DatabaseServer, findServer } from '../database/open-database.ts';
import { resetSharedServer, startSharedServer, stopSharedServer } from '../database/shared-server.ts';
import { MissingError } from './exit-codes.ts';
import { print, say } from './output.ts';

export function addDatabaseCommand(program: Command): void {
  const db = program
    .command('db')
    .summary('start, stop and clean the shared database')
    .description(
      'The Postgres server that experiments share. Without it (and without DATABASE_URL) each experiment starts an embedded one of its own.\nWith DATABASE_URL set, init, clean and url are about that server.',
    );

  db.command('start')
    .description('start the shared Postgres server; it runs until db stop')
    .action(async () => {
      const server = await startSharedServer(state());
      say(
        `Postgres ${server.version} runs at ${redactUrl(server.url)} (process ${server.postmasterPid}); experiments use it until: orchlab db stop`,
      );
    });
  db.command('stop')
    .description('stop the shared Postgres server; its databases stay')
    .option('--force', 'also while experiments run on it')
    .action(async (options: { readonly force?: boolean }) =>
      say((await stopSharedServer(state(), options)) ? 'Postgres is stopped' : 'Postgres was not running'),
    );
  db.command('init')
    .description('make sure that the server runs and has a database "orchlab" for looking around by hand')
    .action(async () => {
      const server = (await findServer({ stateDirectory: state() })) ?? (await startSharedServer(state()));
      say(`Postgres ${server.version} has the database at ${redactUrl(await initializeDatabase(server))}`);
    });
  db.command('reset')
    .description('delete the shared server with all its databases, and start it afresh')
    .option('--force', 'also while experiments run on it')
    .action(async (options: { readonly force?: boolean }) => {
      const server = await resetSharedServer(state(), options);
      say(`Postgres ${server.version} runs afresh at ${redactUrl(server.url)}`);
    });
  db.command('clean')
    .description('drop the databases that experiments kept')
    .option('--force', 'also those that somebody is connected to')
    .action(async (options: { readonly force?: boolean }) => {
      const server = await findServer({ stateDirectory: state() });
      if (!server) {
        say('There is nothing to clean: no shared server runs');
        return;
      }
      const { dropped, inUse } = await cleanDatabases(server, options);
      say(
        `${dropped.length} databases dropped${inUse.length > 0 ? `; left alone, since in use (--force drops them too): ${inUse.join(', ')}` : ''}`,
      );
    });
  db.command('url')
    .description('print the URL of the server, password included, for psql and the like')
    .option('--database <name>', 'of this database of it')
    .action(async ({ database }: { readonly database?: string }) => {
      const server = await requireServer();
      print(database === undefined ? server.url : withDatabase(server.url, database));
    });
}

async function requireServer(): Promise<DatabaseServer> {
  const server = await findServer({ stateDirectory: state() });
  if (!server) throw new MissingError('no shared server runs and DATABASE_URL is not set: start one with orchlab db start');
  return server;
}

function state(): string {
  return findWorkspace().state;
}
