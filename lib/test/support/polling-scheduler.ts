/** A scheduler that polls so many times a second, on time whatever a poll takes: `polling-scheduler.ts POLLS DATABASE_URL`. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const [, , pollsPerSecond, connectionString] = process.argv;
const client = new pg.Client({ connectionString });
await client.connect();
// Both statements are one transaction; what it did is reported at once, not after up to a second.
const poll = `SELECT pg_stat_force_next_flush(); SELECT pg_logical_emit_message(false, 'poll', repeat('x', 1000))`;
const startMs = performance.now();
for (let polls = 0; ; polls++) {
  await delay(Math.max(0, startMs + (polls * 1000) / Number(pollsPerSecond) - performance.now()));
  await client.query(poll);
}
