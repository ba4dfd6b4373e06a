import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../src/results/tables.ts';
import { ownApplication } from '../../src/database/own-work.ts';
import { maintenanceReader } from '../../src/sampling/maintenance-events.ts';
import { postgresEvents } from '../../src/sampling/postgres-events.ts';
import { postgresReader } from '../../src/sampling/postgres-sampler.ts';
import { systemClock as clock } from '../../src/timing/clock.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { usePrivateServer } from '../support/private-server.ts';

const own = usePrivateServer();
let pool: pg.Pool;
let engine: pg.Pool;
beforeAll(() => {
  pool = new pg.Pool({ connectionString: own.server.url, max: 1, application_name: `${ownApplication} sampler` });
  engine = new pg.Pool({ connectionString: own.server.url, max: 3 });
});
afterAll(async () => {
  await pool.end();
  await engine.end();
});

describe('postgresEvents', () => {
  it('finds what autovacuum, commands and checkpoints did, when, and how long it took', async () => {
    await engine.query(`ALTER SYSTEM SET autovacuum_naptime = '1s'`);
    await engine.query('SELECT pg_reload_conf()');
    await engine.query('CREATE TABLE before (id int); INSERT INTO before VALUES (1)');
    await engine.query('ANALYZE before');
    const events = postgresEvents(pool, clock);
    expect(await events.read()).toEqual([]);
    const beganMs = clock.nowMs();
    const seen: Row<'events'>[] = [];
    const until = async (kind: string, subject: string): Promise<Row<'events'>> => {
      await waitUntil(`there is a ${kind} of ${subject}`, async () => {
        seen.push(...(await events.read()));
        return seen.some((event) => event.kind === kind && event.subject === subject);
      });
      return seen.find((event) => event.kind === kind && event.subject === subject)!;
    };
    await engine.query(`
      CREATE TABLE jobs (id int, state text) WITH (autovacuum_analyze_threshold = 50, autovacuum_vacuum_threshold = 50);
      INSERT INTO jobs SELECT generate_series(1, 5000), 'created';
      UPDATE jobs SET state = 'done'`);
    const analyzed = await until('autoanalyze', 'jobs');
    const vacuumed = await until('autovacuum', 'jobs');
    await engine.query('VACUUM ANALYZE before');
    await until('vacuum', 'before');
    await until('analyze', 'before');
    const commandedMs = clock.nowMs();
    await engine.query('CHECKPOINT');
    const checkpointedMs = clock.nowMs();
    const checkpoint = await until('checkpoint', '');
    expect(await events.read()).toEqual([]);

    // The vacuum of the same worker tells the planner first: a reading may come between the two.
    expect(analyzed.detail).toMatch(/^the planner knew of 5,000 rows (before and of 5,000 rows )?after it$/);
    for (const { beganMs: from, endedMs } of [analyzed, vacuumed]) {
      expect(endedMs).toBeGreaterThan(beganMs);
      expect(endedMs).toBeLessThan(clock.nowMs());
      expect(endedMs - from).toBeGreaterThanOrEqual(0);
      expect(endedMs - from).toBeLessThan(5000);
    }
    expect(seen.find(({ kind }) => kind === 'analyze')?.detail).toBe('the planner knew of 1 rows before and of 1 rows after it');
    expect(checkpoint.detail).toMatch(/^requested .*, \d+ buffers written$/);
    // Postgres keeps the second in which it began; nothing of it is told from before the reading that had not seen it.
    expect(checkpoint.beganMs).toBeGreaterThan(commandedMs - 1000);
    expect(checkpoint.endedMs).toBeGreaterThanOrEqual(checkpoint.beganMs);
    expect(checkpoint.endedMs).toBeLessThan(checkpointedMs + 2000);
    expect(new Set(seen.map(({ kind, subject, endedMs }) => `${kind} ${subject} ${endedMs}`)).size).toBe(seen.length);
  });
});

describe('maintenanceReader', () => {
  it('does not know how long it took before Postgres 18', async () => {
    const read = maintenanceReader(pool, clock, 170_000);
    expect(await read()).toEqual([]);
    await engine.query('CREATE TABLE older (id int); INSERT INTO older VALUES (1); ANALYZE older');
    let events: readonly Row<'events'>[] = [];
    await waitUntil('it is told', async () => (events = (await read()).filter(({ subject }) => subject === 'older')).length > 0);
    expect(events).toEqual([expect.objectContaining({ kind: 'analyze', beganMs: Number.NaN })]);
    expect(events[0]?.endedMs).toBeGreaterThan(clock.nowMs() - 10_000);
  });
});

describe('postgresReader', () => {
  it('reads sizes every other second, and always at the end', async () => {
    const read = postgresReader(pool, new ManualClock(0), () => 0);
    const first = await read();
    const second = await read();
    const last = await read(true);
    expect([first, second, last].map(({ postgres }) => Number.isFinite(postgres.tablesBytes))).toEqual([true, false, true]);
  });

  it("tells commits that queue for NOTIFY's lock from others that wait for a lock, and who they are", async () => {
    const submissions = new pg.Client({ connectionString: own.server.url, application_name: 'submissions' });
    const [holder, waiting] = [await engine.connect(), await engine.connect()];
    await submissions.connect();
    const read = postgresReader(pool, clock, () => 0);
    await holder.query('CREATE TABLE stock (id int)');
    await holder.query('INSERT INTO stock VALUES (1)');
    // A commit holds the lock until it is durable: here, until a standby that never answers confirms it.
    await engine.query(`ALTER SYSTEM SET synchronous_standby_names = 'never'`);
    await engine.query('SELECT pg_reload_conf()');
    await waitUntil('the setting holds', async () => {
      const { rows } = await waiting.query<{ value: string }>(`SELECT current_setting('synchronous_standby_names') AS value`);
      return rows[0]?.value === 'never';
    });
    try {
      const notified = holder.query(`BEGIN; INSERT INTO stock VALUES (2); NOTIFY jobs; COMMIT`);
      await expectWait({ waitEventType: 'IPC', waitEvent: 'SyncRep', subject: '', client: 'engine' });
      const queued = submissions.query(`NOTIFY jobs, 'second'`);
      await expectWait({ waitEventType: 'Lock', waitEvent: 'object', subject: 'NOTIFY queue', client: 'submissions' });
      await engine.query('ALTER SYSTEM RESET synchronous_standby_names');
      await engine.query('SELECT pg_reload_conf()');
      await Promise.all([notified, queued]);
    } finally {
      await submissions.end();
    }
    await holder.query('BEGIN; LOCK TABLE stock');
    const blocked = waiting.query('SELECT * FROM stock');
    await expectWait({ waitEventType: 'Lock', waitEvent: 'relation', subject: 'stock', client: 'engine' });
    await holder.query('COMMIT; BEGIN; UPDATE stock SET id = 2');
    await blocked;
    const row = waiting.query('UPDATE stock SET id = 3');
    await expectWait({ waitEventType: 'Lock', waitEvent: 'transactionid', subject: 'stock', client: 'engine' });
    await holder.query('COMMIT');
    await row;
    await holder.query('SELECT pg_advisory_lock(7)');
    const advised = waiting.query('SELECT pg_advisory_lock(7)');
    await expectWait({ waitEventType: 'Lock', waitEvent: 'advisory', subject: 'advisory 0 7', client: 'engine' });
    await holder.query('SELECT pg_advisory_unlock(7)');
    await advised;
    for (const client of [holder, waiting]) client.release();

    async function expectWait(expected: Partial<Row<'waits'>>): Promise<void> {
      await waitUntil(`something waits for ${expected.waitEvent}`, async () =>
        (await read()).waits.some((wait) => Object.entries(expected).every(([name, value]) => wait[name as keyof Row<'waits'>] === value)),
      );
    }
  });
});
