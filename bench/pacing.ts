/**
 * Does the driver keep to its schedule? 200 runs a second for 20 seconds, each one INSERT, on an embedded Postgres, and
 * `pgbench --rate` with the same INSERT on the same server right after it.
 *
 *     node bench/pacing.ts [--rate 200] [--seconds 20]
 */
import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import pg from 'pg';
import { distribution } from '../lib/src/analysis/distribution.ts';
import { createExperimentDatabase, openServer } from '../lib/src/database/open-database.ts';
import { addressOf } from '../lib/src/database/database-url.ts';
import { drive } from '../lib/src/load/drive.ts';
import { toLoad } from '../lib/src/load/schedule.ts';
import { startGuard } from '../lib/src/processes/guard.ts';
import { systemClock as clock } from '../lib/src/timing/clock.ts';

const { values: options } = parseArgs({
  options: { rate: { type: 'string', default: '200' }, seconds: { type: 'string', default: '20' } },
});
const rate = Number(options.rate);
const seconds = Number(options.seconds);
const connections = 20;
const insertSql = 'INSERT INTO pacing (run) VALUES (1)';

/** When each submission was due and when it was sent, milliseconds of any one clock. */
interface Pacing {
  readonly dueMs: readonly number[];
  readonly sentMs: readonly number[];
}

await using guard = startGuard();
await using server = await openServer({ guard });
await using database = await createExperimentDatabase(server, 'bench pacing');
await query('CREATE TABLE pacing (run int)');

const rows = [['', 'runs', 'achieved/s', 'of asked', 'lag p50', 'lag p99', 'lag max']];
const ours = await paceWithOrchlab();
rows.push(describe('orchlab', ours));
const pgbench = findPgbench();
if (pgbench === undefined) console.log('pgbench is not there (Debian: apt-get install postgresql-contrib): left out\n');
else rows.push(describe('pgbench --rate', await paceWithPgbench(pgbench)));

const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
const [load1 = Number.NaN] = loadavg();
console.log(`${rate} runs/s for ${seconds} s, each one INSERT, Postgres ${database.version} (${database.kind}); lag = sent - due`);
for (const row of rows)
  console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '));
const ratio = achieved(ours) / rate;
const lagMs = distribution(lags(ours)).p99;
console.log(`aim: within 0.5 % of what was asked: ${Math.abs(ratio - 1) <= 0.005 ? 'met' : 'MISSED'}`);
console.log(`aim: p99 of lag under 5 ms: ${lagMs < 5 ? 'met' : 'MISSED'}`);
if (load1 > availableParallelism())
  console.log(`the host was busy (load average ${load1.toFixed(1)} on ${availableParallelism()} cores): the lags are its as well`);
if (pgbench !== undefined) console.log("pgbench's arrivals are random (Poisson): its achieved rate strays by 1 / sqrt(runs)");

async function paceWithOrchlab(): Promise<Pacing> {
  const pool = new pg.Pool({ connectionString: database.url, max: connections });
  // Connections are made before, as an orchestrator's client would have them.
  await Promise.all(Array.from({ length: connections }, async () => pool.query('SELECT pg_sleep(0.1)')));
  const pacing = { dueMs: [] as number[], sentMs: [] as number[] };
  await drive({
    load: toLoad({ arrival: { constant: rate }, load_seconds: seconds }),
    concurrency: connections,
    clock,
    signal: new AbortController().signal,
    async submit(runIndex) {
      await pool.query(insertSql);
      return String(runIndex);
    },
    onRun({ status, error, dueMs, sentMs }) {
      if (status !== 'submitted') throw new Error(`a run was ${status}: ${error}`);
      pacing.dueMs.push(dueMs);
      pacing.sentMs.push(sentMs);
    },
  });
  await pool.end();
  return pacing;
}

async function paceWithPgbench(program: string): Promise<Pacing> {
  const directory = await mkdtemp(join(tmpdir(), 'orchlab-pgbench-'));
  try {
    await writeFile(join(directory, 'insert.sql'), `${insertSql};\n`);
    const { host, port, user, database: name } = addressOf(database.url);
    const load = ['--rate', String(rate), '--time', String(seconds), '--client', String(connections), '--jobs', '1'];
    const place = ['--host', host, '--port', String(port), '--username', user, name];
    const log = ['--log', '--log-prefix', join(directory, 'log')];
    await promisify(execFile)(program, ['--no-vacuum', '--file', join(directory, 'insert.sql'), ...load, ...log, ...place], {
      env: { ...process.env, PGPASSWORD: decodeURIComponent(new URL(database.url).password) },
      timeout: (seconds + 30) * 1000,
    });
    const files = (await readdir(directory)).filter((file) => file.startsWith('log.'));
    const lines = (await Promise.all(files.map(async (file) => readFile(join(directory, file), 'utf8')))).join('').trim().split('\n');
    // client, transaction, time from due to end (us), script, end (s), its microseconds, lag (us)
    const transactions = lines.map((line) => line.split(' ').map(Number));
    const dueMs = transactions.map(([, , takenUs = 0, , endSeconds = 0, endUs = 0]) => endSeconds * 1000 + (endUs - takenUs) / 1000);
    return { dueMs, sentMs: dueMs.map((due, index) => due + (transactions[index]?.[6] ?? Number.NaN) / 1000) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function findPgbench(): string | undefined {
  return ['/usr/bin/pgbench', ...globSync('/usr/lib/postgresql/*/bin/pgbench').toSorted().toReversed()].find((path) => existsSync(path));
}

async function query(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

function lags({ dueMs, sentMs }: Pacing): number[] {
  return sentMs.map((sent, index) => sent - (dueMs[index] ?? Number.NaN));
}

/** Runs per second from the first sent to the last. */
function achieved({ sentMs }: Pacing): number {
  const sorted = sentMs.toSorted((a, b) => a - b);
  return ((sorted.length - 1) * 1000) / ((sorted.at(-1) ?? Number.NaN) - (sorted[0] ?? Number.NaN));
}

function describe(name: string, pacing: Pacing): string[] {
  const { p50, p99, max } = distribution(lags(pacing));
  const milliseconds = (ms: number): string => `${ms.toFixed(2)} ms`;
  const perSecond = achieved(pacing);
  return [
    name,
    String(pacing.sentMs.length),
    perSecond.toFixed(2),
    `${((100 * perSecond) / rate).toFixed(2)} %`,
    milliseconds(p50),
    milliseconds(p99),
    milliseconds(max),
  ];
}
