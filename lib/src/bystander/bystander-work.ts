import pg from 'pg';
import { ownApplication, type OwnTransactions } from '../database/own-work.ts';
import { seededRandom } from '../random/seeded-random.ts';

/**
 * What the bystander does: a small known OLTP load on tables of its own, beside the queue in the same database. One transaction changes the
 * balance of an account at random and notes that in a history, in one statement, as pgbench's `simple-update` does in three.
 */
const bystanderSchema = 'orchlab_bystander';

/** About 13 MB: it stays in shared buffers, and a queue that pushes it out is seen. */
const accounts = 100_000;

/** Connections, opened before the first transaction is due: more are under way only where the database is far behind. */
export const bystanderConnections = 10;

const prepareSql = `
  CREATE SCHEMA ${bystanderSchema};
  CREATE TABLE ${bystanderSchema}.accounts (id int PRIMARY KEY, balance bigint NOT NULL, filler text NOT NULL) WITH (fillfactor = 80);
  CREATE TABLE ${bystanderSchema}.history (account int NOT NULL, delta int NOT NULL, at timestamptz NOT NULL DEFAULT now());
  INSERT INTO ${bystanderSchema}.accounts SELECT id, 0, repeat('x', 84) FROM generate_series(1, ${accounts}) AS id;
  ANALYZE ${bystanderSchema}.accounts`;

const transactionSql = `
  WITH changed AS (
    UPDATE /* orchlab */ ${bystanderSchema}.accounts SET balance = balance + $2 WHERE id = $1 RETURNING id
  )
  INSERT INTO ${bystanderSchema}.history (account, delta) SELECT id, $2 FROM changed`;

/** The bystander's tables and connections. */
export class BystanderWork implements AsyncDisposable {
  private readonly pool: pg.Pool;
  private readonly random: () => number;

  /** Its transactions are counted as orchlab's own. */
  constructor(databaseUrl: string, seed: number, own: OwnTransactions) {
    this.pool = new pg.Pool({
      connectionString: databaseUrl,
      min: bystanderConnections,
      max: bystanderConnections,
      application_name: `${ownApplication} bystander`,
      idleTimeoutMillis: 0,
    });
    this.pool.on('error', () => undefined); // shows in the next transaction
    own.countPool(this.pool);
    this.random = seededRandom(seed);
  }

  /** Makes the tables, and opens every connection with a transaction. */
  async prepare(): Promise<void> {
    await this.pool.query(prepareSql);
    await Promise.all(Array.from({ length: bystanderConnections }, async () => this.transaction()));
    await this.pool.query(`TRUNCATE /* orchlab */ ${bystanderSchema}.history`);
  }

  /** Resolves when it is committed. */
  async transaction(): Promise<void> {
    const account = 1 + Math.floor(this.random() * accounts);
    const delta = Math.floor(this.random() * 2001) - 1000;
    await this.pool.query({ name: 'bystander', text: transactionSql, values: [account, delta] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.end();
  }
}
