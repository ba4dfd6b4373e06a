import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../../src/database/database-client.ts';
import { waitUntil } from '../processes/wait-until.ts';
import type { Cell, DoesNotApply } from './cell.ts';
import { fill, mountReason } from './small-disk.ts';
import type { Trial } from './trial.ts';

const dies = 'Postgres dies';
const silent = 'Postgres does not answer';
const refuses = 'Postgres refuses';
const full = 'Postgres’s disk is full';
const readOnly = 'Postgres is read-only';
const password = 'the password is wrong';

const gone = /the Postgres server \(process \d+\) ended while it was needed: it was killed, stopped or ran out of memory/;
// Which it was is in its log.
const engineEnded = /scheduler 0 ended with exit code 1 while it was needed \(its output: scheduler-0\.log\)\. Postgres had said: /.source;
const postmaster = '/postgres -D';

/** The URL of the experiment's database: what its engine got. */
function databaseOf(trial: Trial): string {
  const environment = readFileSync(`/proc/${trial.pidOf('engine.mjs')}/environ`, 'utf8').split('\0');
  return environment.find((line) => line.startsWith('DATABASE_URL='))?.slice('DATABASE_URL='.length) ?? '';
}

async function asUser(trial: Trial, attributes: string): Promise<string> {
  await using client = await connect(trial.serverUrl);
  await client.query(`create role tester login createdb ${attributes} password 's3cret'`);
  trial.onEnd(async () => {
    await using later = await connect(trial.serverUrl);
    await later.query('drop role tester');
  });
  return trial.serverUrl.replace(/\/\/[^@]+@/, '//tester:s3cret@');
}

function tablespaceOf(trial: Trial): string {
  return join(trial.workspace.root, 'tablespace');
}

/** A user whose tables are on a disk of their own: orchlab's own Postgres keeps off a tmpfs. */
async function onSmallTablespace(trial: Trial): Promise<string> {
  const url = await asUser(trial, '');
  await using client = await connect(trial.serverUrl);
  const [data] = await client.query<{ directory: string }>("select current_setting('data_directory') as directory");
  const { uid } = statSync(data?.directory ?? '');
  const path = tablespaceOf(trial);
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=2m,uid=${uid},mode=700`, 'tmpfs', path]);
  trial.onEnd(() => void execFileSync('umount', [path]));
  await client.query(`create tablespace small location '${path}'`);
  trial.onEnd(async () => {
    await using later = await connect(trial.serverUrl);
    await later.query('alter role tester reset default_tablespace');
    await later.query('drop tablespace small');
  });
  await client.query('grant create on tablespace small to tester');
  await client.query('alter role tester set default_tablespace = small');
  return url;
}

/** What a server can do, and what can be wrong with it. */
export const postgresCells: readonly Cell[] = [
  {
    fault: dies,
    phase: 'start',
    done: 'SIGKILL to the embedded server as it starts',
    server: 'embedded',
    when: async (trial) => waitUntil('a Postgres starts', () => trial.processes().some((line) => line.includes(postmaster))),
    cause: (trial) => void process.kill(trial.pidOf(postmaster), 'SIGKILL'),
    expected: { code: 3, status: 'failed', message: /Postgres/, withinSeconds: 30 },
  },
  ...(['prepare', 'load', 'drain', 'collect'] as const).map((phase): Cell => ({
    fault: dies,
    phase,
    done: 'SIGKILL to the embedded server',
    server: 'embedded',
    cause: (trial) => void process.kill(trial.pidOf(postmaster), 'SIGKILL'),
    expected: { code: 3, status: 'failed', message: gone, withinSeconds: 30 },
    everyday: phase === 'drain',
  })),
  {
    fault: silent,
    phase: 'start',
    done: 'it takes the connection and says nothing',
    server: async (trial) => trial.silentServer(),
    expected: {
      code: 3,
      status: 'failed',
      message: /could not connect to database "postgres" as user "somebody" at .*timeout.*Check that/,
      withinSeconds: 10,
    },
  },
  {
    fault: refuses,
    phase: 'start',
    done: 'nobody listens at the port of DATABASE_URL',
    server: async () => 'postgres://somebody:geheim@127.0.0.1:1/postgres',
    expected: { code: 3, status: 'failed', message: /could not connect to .*ECONNREFUSED.*Check that the server runs/, withinSeconds: 10 },
  },
  {
    fault: refuses,
    phase: 'start',
    done: 'the user has no connection left',
    async server(trial) {
      const url = await asUser(trial, 'connection limit 1');
      const client = await connect(url);
      trial.onEnd(async () => client[Symbol.asyncDispose]());
      return url;
    },
    expected: {
      code: 3,
      status: 'failed',
      message: /too many connections for role "tester".*raise max_connections or stop other clients/,
      withinSeconds: 10,
    },
  },
  {
    fault: refuses,
    phase: 'load',
    done: 'its database takes no new connections (ALLOW_CONNECTIONS false), those that are open go on',
    args: ['-s', 'load_seconds=3'],
    async cause(trial) {
      await using client = await connect(trial.serverUrl);
      await client.query(`alter database ${trial.manifest()?.database.name} allow_connections false`);
    },
    expected: { code: 0, status: 'done', message: undefined },
  },
  {
    fault: password,
    phase: 'start',
    done: 'in DATABASE_URL',
    server: async (trial) => trial.serverUrl.replace(/:[^:@/]+@/, ':not-the-password@'),
    expected: {
      code: 3,
      status: 'failed',
      message: /password authentication failed.*Check the user and the password in DATABASE_URL/,
      withinSeconds: 10,
    },
  },
  {
    fault: readOnly,
    phase: 'start',
    done: 'default_transaction_read_only for the user',
    async server(trial) {
      const url = await asUser(trial, '');
      await using client = await connect(trial.serverUrl);
      await client.query('alter role tester set default_transaction_read_only = on');
      return url;
    },
    expected: { code: 3, status: 'failed', message: /read-only.*default_transaction_read_only/, withinSeconds: 10 },
  },
  {
    fault: readOnly,
    phase: 'load',
    done: 'default_transaction_read_only for the server: what is submitted fails and is counted, the engine ends with the error',
    server: 'embedded',
    async cause(trial) {
      const url = databaseOf(trial);
      await using client = await connect(url);
      await client.query('alter system set default_transaction_read_only = on');
      await client.query('select pg_reload_conf()');
    },
    expected: {
      code: 3,
      status: 'failed',
      message: new RegExp(`${engineEnded}cannot execute .* in a read-only transaction\\. .*DATABASE_URL`),
      withinSeconds: 30,
    },
    everyday: true,
  },
  {
    fault: full,
    phase: 'load',
    done: 'the disk of the tables has no byte left: what is submitted fails and is counted, the engine ends with the error',
    skip: mountReason,
    server: async (trial) => onSmallTablespace(trial),
    cause: (trial) => fill(tablespaceOf(trial)),
    expected: {
      code: 3,
      status: 'failed',
      message: new RegExp(
        `(?:${engineEnded}|accepted no run any more for 10 s, .*)could not extend .*No space left on device\\. .*make room`,
      ),
      withinSeconds: 60,
    },
  },
];

export const postgresLimits: readonly DoesNotApply[] = [
  { fault: dies, phases: ['report'], why: 'it has been stopped, or is no longer needed' },
  { fault: silent, phases: ['prepare', 'load', 'drain', 'collect'], why: 'lib/test/experiment/lost-database.test.ts has it: within 5 s' },
  { fault: silent, phases: ['report'], why: 'it is no longer needed' },
  { fault: refuses, phases: ['prepare', 'drain', 'collect'], why: 'it is as in load' },
  { fault: refuses, phases: ['report'], why: 'it is no longer needed' },
  {
    fault: password,
    phases: ['prepare', 'load', 'drain', 'collect', 'report'],
    why: 'the first connection has shown it; changed later, it is as a server that refuses',
  },
  { fault: readOnly, phases: ['prepare', 'drain', 'collect'], why: 'it is as in load' },
  { fault: readOnly, phases: ['report'], why: 'it is no longer needed' },
  { fault: full, phases: ['start', 'prepare', 'drain', 'collect'], why: 'it is as in load: what is written fails' },
  { fault: full, phases: ['report'], why: 'it is no longer needed' },
];
