/**
 * The thread that samples processes, host and Postgres, with a connection of its own: what it does delays no submission of the driver,
 * and its CPU can be told from the driver's. Started by `startSamplerThread`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';
import { OwnTransactions, ownApplication } from '../database/own-work.ts';
import { systemClock as clock } from '../timing/clock.ts';
import { hostReader } from './host-sampler.ts';
import { postgresEvents } from './postgres-events.ts';
import { postgresReader } from './postgres-sampler.ts';
import { processReader } from './process-sampler.ts';
import { ReadingFailures, sampleEvery } from './sample-every.ts';
import { noRows, type SamplerMessage, type SamplerOptions, type ToSamplerThread } from './sampler-message.ts';
import { statementReader } from './statement-statistics.ts';

/**
 * The database and the kernel are asked for their own statistics less often: each reading looks at every backend, or sums up every
 * core and interrupt, and host CPU that is told in steps of 10 ms has no finer sense anyway.
 */
const statisticsIntervalMs = 500;
/**
 * Readings are this share of the interval apart, so that they do not fall into step with a load of the same rhythm: with a run every
 * 200 ms all readings might lie between two tasks, and no worker ever be seen.
 */
const detuning = 0.955;
/** Each reading of these looks at all tables, or at all statements: more rarely, and for at most this share of the time. */
const eventsIntervalMs = 1000;
const statementsIntervalMs = 2000;
const wholeDutyRatio = 0.01;
/** Rows are handed over together: each message interrupts the driver. */
const handOverIntervalMs = 1000;
/** Of one that may be gone or at its limit. */
const databaseLimitMs = 5000;

const { databaseUrl, intervalMs, processes, ownTransactions: shared } = workerData as SamplerOptions;
const port = parentPort;
if (!port) throw new Error('sampler-thread.ts is started as a thread, by startSamplerThread');
const tell = (message: SamplerMessage): void => port.postMessage(message);

const pool = new pg.Pool({
  connectionString: databaseUrl,
  max: 1,
  application_name: `${ownApplication} sampler`,
  connectionTimeoutMillis: databaseLimitMs,
  query_timeout: databaseLimitMs,
});
pool.on('error', () => undefined); // shows in the next reading
const ownTransactions = new OwnTransactions(shared);
ownTransactions.countPool(pool);
const readStatements = await statementReader(pool, clock);
const failures = new ReadingFailures();
let rows = noRows();
const handOver = (): void => {
  tell({ type: 'rows', rows });
  rows = noRows();
};

let ownBackends: ReadonlySet<number> = new Set();
const readProcesses = processReader(processes, clock, () => ownBackends);
const readHost = hostReader(clock);
const events = postgresEvents(pool, clock);
const readPostgres = postgresReader(pool, clock, () => ownTransactions.value);
/** One reading after the other: each tells what was executed since the one before. */
let lastStatements: Promise<void> = Promise.resolve();
const nextStatements = async (): Promise<void> => {
  lastStatements = lastStatements
    .catch(() => undefined)
    .then(async () => {
      const { statements, statementReadings } = await readStatements();
      rows.statements.push(...statements);
      rows.statementReadings.push(...statementReadings);
    });
  return lastStatements;
};
const samplers = [
  sampleEvery({
    intervalMs: detuning * intervalMs,
    clock,
    onError: failures.of('processes'),
    async read() {
      rows.processes.push(...(await readProcesses.read()));
    },
  }),
  sampleEvery({
    intervalMs: detuning * Math.max(intervalMs, statisticsIntervalMs),
    clock,
    onError: failures.of('host'),
    read: () => void rows.host.push(readHost()),
  }),
  sampleEvery({
    intervalMs: detuning * Math.max(intervalMs, statisticsIntervalMs),
    clock,
    onError: failures.of('postgres'),
    async read(isLast) {
      const { postgres, tableSizes, waits, ownPids } = await readPostgres(isLast);
      ownBackends = new Set(ownPids);
      rows.postgres.push(postgres);
      rows.tableSizes.push(...tableSizes);
      rows.waits.push(...waits);
    },
  }),
  sampleEvery({
    intervalMs: detuning * eventsIntervalMs,
    dutyRatio: wholeDutyRatio,
    clock,
    onError: failures.of('vacuums and checkpoints'),
    async read() {
      rows.events.push(...(await events.read()));
    },
  }),
  sampleEvery({
    intervalMs: detuning * statementsIntervalMs,
    dutyRatio: wholeDutyRatio,
    clock,
    onError: failures.of('statements'),
    read: nextStatements,
  }),
];
const timer = setInterval(handOver, handOverIntervalMs);

port.on('message', (message: ToSamplerThread) => {
  if (message.type === 'follow') readProcesses.follow(message.processes);
  else if (message.type === 'read-statements')
    void nextStatements()
      .catch(failures.of('statements'))
      .then(() => tell({ type: 'statements-read' }));
  else void stop();
});
tell({ type: 'ready' });

async function stop(): Promise<void> {
  await Promise.all(samplers.map(async (sampler) => sampler.stop()));
  clearInterval(timer);
  rows.events.push(...events.unfinished());
  handOver();
  await pool.end().catch(() => undefined);
  tell({ type: 'stopped', warnings: [...failures.warnings(), ...readProcesses.warnings()] });
  port?.close();
}
