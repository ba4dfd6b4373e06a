import pg from 'pg';
import { type Fault, secondsOf } from '../config/faults.ts';
import { ownApplication, submissionApplication } from '../database/own-work.ts';
import { pausePostgres } from '../database/postgres-control.ts';
import { reasonOf } from '../errors/error-reason.ts';
import { withLimit } from '../timing/with-limit.ts';
import { type FaultRun, NoVictimError } from './fault-surroundings.ts';

type FaultOf<K extends string> = Extract<Fault, { readonly [key in K]: unknown }>;

/** The name of connections that a fault opens: they are the fault's, in the samples too, neither orchlab's own nor the engine's. */
const faultApplication = 'fault';
const connectLimitMs = 5000;
const connectAgainLimitMs = 10_000;
const connectAgainSeconds = 0.1;
/** A server forks a process for each: more at once only wait for each other. */
const connectsAtOnce = 16;
const stopLimitSeconds = 60;
const closeLimitSeconds = 2;

/** Stops Postgres and starts it again on the same data, at the same port. */
export async function restartPostgres({ database, outage, ...run }: FaultRun, fault: FaultOf<'restart'>): Promise<void> {
  const control = controlOf(database);
  const outageEnds = outage.begin();
  try {
    run.begins('postgres', `${fault.mode} stop of process ${control.pid}`);
    await withLimit(control.stop(fault.mode), stopLimitSeconds, 'stopping Postgres');
    await run.wait(secondsOf(fault.down));
    await control.start();
  } finally {
    outageEnds();
  }
}

/** SIGSTOP to all of Postgres, and SIGCONT. */
export async function pauseWholePostgres({ database, outage, ...run }: FaultRun, fault: FaultOf<'pause'>): Promise<void> {
  const { pid } = controlOf(database);
  const outageEnds = outage.begin();
  run.begins('postgres', `SIGSTOP to process ${pid} and all below it`);
  const resume = pausePostgres(pid);
  try {
    await run.wait(secondsOf(fault.for));
  } finally {
    resume();
    outageEnds();
  }
}

/** pg_terminate_backend of all connections of the engine's. */
export async function terminateConnections(run: FaultRun): Promise<void> {
  const client = await connectInTime(run);
  try {
    run.begins('connections', '');
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
         AND coalesce(application_name, '') NOT LIKE '${ownApplication}%'
         AND application_name NOT IN ('${submissionApplication}', '${faultApplication}')`,
    );
    run.begins('connections', `${rows[0]?.count ?? 0} terminated`);
  } finally {
    await close(client);
  }
}

/** An idle transaction with a snapshot and a transaction id of its own. */
export async function holdTransaction(run: FaultRun, fault: FaultOf<'hold'>): Promise<void> {
  const client = await connectAs(run.database.url, faultApplication);
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const { rows } = await client.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid');
    run.begins('transaction', `transaction ${rows[0]?.xid} stays open`);
    await run.wait(secondsOf(fault.for));
    await client.query('ROLLBACK').catch(() => undefined);
  } finally {
    await close(client);
  }
}

/** Connections until the server has none left. */
export async function exhaustConnections({ database, outage, ...run }: FaultRun, fault: FaultOf<'exhaust'>): Promise<void> {
  const taken: pg.Client[] = [];
  // Whoever watches the database may want another connection.
  const outageEnds = outage.begin();
  try {
    run.begins('connections', '');
    let refusal = '';
    while (refusal === '' && !run.signal.aborted) {
      const tries = await Promise.allSettled(Array.from({ length: connectsAtOnce }, async () => connectAs(database.url, faultApplication)));
      for (const attempt of tries) {
        if (attempt.status === 'fulfilled') taken.push(attempt.value);
        else refusal ||= reasonOf(attempt.reason);
      }
    }
    run.begins('connections', `${taken.length} taken, then: ${refusal}`);
    await run.wait(secondsOf(fault.for));
  } finally {
    await Promise.all(taken.map(close));
    outageEnds();
  }
}

function controlOf(database: FaultRun['database']): NonNullable<FaultRun['database']['control']> {
  if (!database.control) throw new NoVictimError('this server is not to be stopped');
  return database.control;
}

async function connectAs(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectLimitMs, application_name: name });
  client.on('error', () => undefined); // another fault may break it
  await client.connect();
  return client;
}

/** Another fault may have taken all connections, or the server away, for a while. */
async function connectInTime({ database, clock, signal, wait }: FaultRun): Promise<pg.Client> {
  const limitMs = clock.nowMs() + connectAgainLimitMs;
  for (;;) {
    try {
      return await connectAs(database.url, ownApplication);
    } catch (error) {
      if (signal.aborted || clock.nowMs() > limitMs) throw error;
      await wait(connectAgainSeconds);
    }
  }
}

async function close(client: pg.Client): Promise<void> {
  await withLimit(client.end(), closeLimitSeconds, 'closing a connection').catch(() => undefined);
}
