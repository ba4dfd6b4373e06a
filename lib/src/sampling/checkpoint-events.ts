import type pg from 'pg';
import type { Row } from '../results/tables.ts';
import type { Clock } from '../timing/clock.ts';
import { ownStatementMark } from '../database/own-work.ts';

interface CheckpointReading {
  /** Where recovery would begin: another one with each complete checkpoint. */
  readonly redo: string;
  /** Checkpoints that have begun, by reason. */
  readonly timed: number;
  readonly requested: number;
  /** Of complete ones. */
  readonly buffers: number;
  readonly busy_ms: number;
  /** Since the last complete one began; up to a second too much, as Postgres keeps that in whole seconds. */
  readonly age_seconds: number;
}

/** Postgres 17 has a view of their own for them. */
const readingSql = (serverVersion: number): string => `
  SELECT ${ownStatementMark} redo_lsn::text AS redo, extract(epoch FROM clock_timestamp() - checkpoint_time)::float8 AS age_seconds,
    timed::float8, requested::float8, buffers::float8, busy_ms::float8
  FROM pg_control_checkpoint(), (SELECT ${
    serverVersion >= 170_000
      ? `num_timed AS timed, num_requested AS requested, buffers_written AS buffers, write_time + sync_time AS busy_ms FROM pg_stat_checkpointer`
      : `checkpoints_timed AS timed, checkpoints_req AS requested, buffers_checkpoint AS buffers,
         checkpoint_write_time + checkpoint_sync_time AS busy_ms FROM pg_stat_bgwriter`
  }) AS counters`;

/** Reads the checkpoints of a server. */
export interface CheckpointEvents {
  /** Those that were completed since the reading before; none in the first. */
  read(): Promise<readonly Row<'events'>[]>;
  /** One that was seen to have begun, and was not completed up to the last reading. */
  unfinished(): readonly Row<'events'>[];
}

/**
 * Finds the checkpoints of the server by its control file and its statistics: on any server, without a look at its log.
 *
 * When one began is known to a second, when it ended to the time between two readings, and how long it wrote and synced to the millisecond.
 */
export function checkpointEvents(pool: pg.Pool, clock: Clock, serverVersion: number): CheckpointEvents {
  /** When the last complete one that was told was seen. */
  let told: CheckpointReading | undefined;
  let lastReadMs = Number.NaN;
  /** The next one: when it was first seen to go on, and whether it was first seen complete. */
  let next: { readonly seenMs: number; readonly why: string; readonly isComplete: boolean } | undefined;

  const toEvent = (before: CheckpointReading, now: CheckpointReading, nowMs: number): Row<'events'> => {
    const tookMs = now.busy_ms - before.busy_ms;
    const earliestMs = nowMs - 1000 * now.age_seconds;
    const endedMs = Math.min(nowMs, Math.max(lastReadMs, earliestMs + 500 + tookMs));
    const beganMs = Math.min(endedMs, earliestMs + 1000, Math.max(earliestMs, endedMs - tookMs));
    const detail = `${reasonWords(before, now)}, ${now.buffers - before.buffers} buffers written`;
    return { beganMs, endedMs, kind: 'checkpoint', subject: '', detail };
  };

  return {
    async read() {
      const { rows } = await pool.query<CheckpointReading>(readingSql(serverVersion));
      const nowMs = clock.nowMs();
      const [now] = rows;
      if (!now) return [];
      // A crash takes the statistics away: they are counted from nothing again.
      if (told && now.busy_ms < told.busy_ms) told = { ...told, timed: 0, requested: 0, buffers: 0, busy_ms: 0 };
      const before = (told ??= now);
      const isComplete = now.redo !== before.redo;
      const isCounted = now.busy_ms > before.busy_ms || now.buffers > before.buffers;
      // What it wrote is counted a moment after it is in the control file; nothing, where it had nothing to write.
      if (isComplete && (isCounted || next?.isComplete)) {
        const event = toEvent(before, now, next?.isComplete ? next.seenMs : nowMs);
        [told, next, lastReadMs] = [now, undefined, nowMs];
        return [event];
      }
      const hasBegun = now.timed + now.requested > before.timed + before.requested;
      if (isComplete) next = { seenMs: nowMs, why: '', isComplete };
      else if (hasBegun) next ??= { seenMs: nowMs, why: reasonWords(before, now), isComplete };
      lastReadMs = nowMs;
      return [];
    },
    unfinished: () =>
      next && !next.isComplete ? [{ beganMs: next.seenMs, endedMs: Number.NaN, kind: 'checkpoint', subject: '', detail: next.why }] : [],
  };
}

function reasonWords(before: CheckpointReading, now: CheckpointReading): string {
  if (now.requested === before.requested) return 'timed (checkpoint_timeout)';
  return `requested (by a command, or by WAL that filled max_wal_size)${now.timed > before.timed ? ' and timed' : ''}`;
}
