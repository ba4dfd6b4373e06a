import type pg from 'pg';
import type { Row } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';
import { type CheckpointEvents, checkpointEvents } from './checkpoint-events.ts';
import { maintenanceReader } from './maintenance-events.ts';
import { ownStatementMark } from '../database/own-work.ts';

/** Reads what Postgres did by itself. */
export interface PostgresEvents {
  /** What was done since the reading before; none in the first. */
  read(): Promise<readonly Row<'events'>[]>;
  /** What was seen to have begun and not to have ended. */
  unfinished(): readonly Row<'events'>[];
}

/** The vacuums and analyzes of the database that `pool` leads to, and the checkpoints of its server. */
export function postgresEvents(pool: pg.Pool, clock: Clock): PostgresEvents {
  let readers: { readonly maintenance: () => Promise<readonly Row<'events'>[]>; readonly checkpoints: CheckpointEvents } | undefined;
  return {
    async read() {
      if (!readers) {
        const { rows } = await pool.query<{ version: number }>(
          `SELECT ${ownStatementMark} current_setting('server_version_num')::int AS version`,
        );
        const version = rows[0]?.version ?? 0;
        readers = { maintenance: maintenanceReader(pool, clock, version), checkpoints: checkpointEvents(pool, clock, version) };
      }
      return [...(await readers.maintenance()), ...(await readers.checkpoints.read())];
    },
    unfinished: () => readers?.checkpoints.unfinished() ?? [],
  };
}
