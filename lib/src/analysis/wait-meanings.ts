import { notifyQueue } from '../results/tables.ts';

/** A wait of Postgres in words that one can act on. */
export interface WaitMeaning {
  /** wait_event_type and wait_event of pg_stat_activity, without regard to case; no event: any other of that type. */
  readonly type: string;
  readonly event?: string;
  /** For a lock, what was to be locked; without it, anything. */
  readonly subject?: string;
  /** What the connection waited for, to follow "waited for". */
  readonly words: string;
  /** What that means, a sentence or two. */
  readonly meaning: string;
  /** What to look at or change. */
  readonly advice: string;
}

/**
 * What connections wait for, the more particular first. The events are those of the PostgreSQL documentation ("Wait Events" in "The
 * Cumulative Statistics System"); what a commit with a NOTIFY locks is in PreCommit_Notify of src/backend/commands/async.c.
 */
export const waitMeanings: readonly WaitMeaning[] = [
  {
    type: 'Lock',
    event: 'object',
    subject: notifyQueue,
    words: "NOTIFY's lock",
    meaning:
      'Commits of transactions that notify go one by one, in the whole server: each holds one lock until it is durable, so that no more of them are done a second than the disk flushes one after the other.',
    advice:
      'Notify less often: submit many runs in one transaction, let the engine poll instead (its setting for LISTEN/NOTIFY), or notify from one place now and then. A quicker flush (disk, synchronous_commit = off where loss is acceptable) shortens each.',
  },
  {
    type: 'Lock',
    event: 'transactionid',
    words: 'a transaction that had changed the same row',
    meaning: 'Several transactions want to change the same rows: each waits until the one before has committed.',
    advice:
      'Look for a row that all touch (a counter, a queue, a lock row), shorten the transactions that touch it, or take rows with SKIP LOCKED.',
  },
  {
    type: 'Lock',
    event: 'tuple',
    words: 'its turn at a row that others wait for, too',
    meaning: 'More than two transactions want the same row: they queue behind the one that is next.',
    advice: 'As for a transaction that had changed the same row: spread what all touch, or take rows with SKIP LOCKED.',
  },
  {
    type: 'Lock',
    event: 'relation',
    words: 'a lock on a table',
    meaning: 'Somebody holds a lock of the whole table: DDL, TRUNCATE, LOCK TABLE, CREATE INDEX, or a VACUUM that cuts off its end.',
    advice: 'Find who holds it (pg_locks, granted), and take it at another time or for shorter.',
  },
  {
    type: 'Lock',
    event: 'extend',
    words: 'the right to make a table longer',
    meaning: 'Many connections insert into the same table at once, and each page that it grows by is added by one at a time.',
    advice: 'Insert many rows in one statement, from fewer connections; partition the table.',
  },
  {
    type: 'Lock',
    event: 'advisory',
    words: 'an advisory lock',
    meaning: 'The engine makes its own processes go one by one, by pg_advisory_lock.',
    advice: "Look up in the engine what it guards (migrations, a leader, a queue's maintenance), and how long it is held.",
  },
  {
    type: 'Lock',
    event: 'virtualxid',
    words: 'other transactions to end',
    meaning: 'Something (CREATE INDEX CONCURRENTLY, for one) waits until all older transactions have ended.',
    advice: 'Look for long transactions.',
  },
  {
    type: 'Lock',
    words: 'a lock',
    meaning: 'Another transaction holds what it wants to lock.',
    advice: 'Look at pg_locks for who holds it.',
  },
  {
    type: 'LWLock',
    event: 'WALWrite',
    words: 'another commit to be flushed to the WAL',
    meaning: 'The WAL is flushed by one backend at a time, and the others that commit wait for it: there are more commits than flushes.',
    advice:
      'Commit less often (more work in each transaction), a quicker disk, commit_delay, or synchronous_commit = off where loss is acceptable.',
  },
  {
    type: 'LWLock',
    event: 'WALInsert',
    words: 'room to write into the WAL buffers',
    meaning: 'Many backends write much WAL at once.',
    advice: 'Write less (fewer indexes, HOT updates by a lower fillfactor, wal_compression), or raise wal_buffers.',
  },
  {
    type: 'LWLock',
    event: 'BufferContent',
    words: 'a page that others change or read',
    meaning: 'Many backends are at the same few pages: the end of a queue, the root or the right edge of an index.',
    advice: 'Fewer schedulers or connections on one queue, partitions, random rather than rising keys.',
  },
  {
    type: 'LWLock',
    event: 'BufferMapping',
    words: 'the table of the buffers',
    meaning: 'Pages come and go in shared buffers all the time: they are too small for what is in use.',
    advice: 'Raise shared_buffers.',
  },
  {
    type: 'LWLock',
    event: 'LockManager',
    words: "the lock manager's tables",
    meaning:
      'Statements lock more tables, indexes and partitions than fit into the fast path (16 before Postgres 18), many times a second.',
    advice:
      'Fewer partitions or indexes to a statement, prepared statements, fewer connections at once; max_locks_per_transaction from Postgres 18.',
  },
  {
    type: 'LWLock',
    event: 'ProcArray',
    words: 'the list of running transactions',
    meaning: 'Very many connections begin and end transactions.',
    advice: 'Fewer connections (a pool), fewer and larger transactions.',
  },
  {
    type: 'LWLock',
    event: 'NotifyQueue',
    words: 'the queue of notifications',
    meaning: 'Those that notify and those that listen are at the queue of notifications at once.',
    advice: 'Fewer notifications, fewer connections that listen.',
  },
  {
    type: 'LWLock',
    event: 'pg_stat_statements',
    words: 'the statistics of statements',
    meaning: 'A statement that was not seen before is entered: the engine makes ever new ones, with literals in their text.',
    advice: 'Parameters in place of literals; pg_stat_statements.max.',
  },
  {
    type: 'LWLock',
    words: "a lock of Postgres' own memory",
    meaning: 'Backends are at the same structure in shared memory.',
    advice: 'Fewer connections at once; the event says which structure.',
  },
  {
    type: 'IO',
    event: 'WalSync',
    words: 'its commit to reach the disk',
    meaning: 'A commit is durable when the WAL is flushed: the time of an fsync of this disk.',
    advice: 'Commit less often, a quicker disk, or synchronous_commit = off where loss is acceptable.',
  },
  {
    type: 'IO',
    event: 'WalWrite',
    words: 'the WAL to be written',
    meaning: 'The operating system takes the WAL slowly.',
    advice: 'A quicker disk for pg_wal; less WAL (fewer indexes, wal_compression).',
  },
  {
    type: 'IO',
    event: 'DataFileRead',
    words: 'a page of a table or index to be read',
    meaning: 'What is worked on is not in shared buffers.',
    advice: 'Raise shared_buffers, keep tables small (vacuum, archive what has ended), look for statements that read whole tables.',
  },
  {
    type: 'IO',
    event: 'DataFileExtend',
    words: 'a table to be made longer',
    meaning: 'A table or an index grows.',
    advice: 'Mostly the cost of inserting; a disk that allocates faster.',
  },
  {
    type: 'IO',
    words: 'the disk',
    meaning: 'A file is read, written or synced; the event says which.',
    advice: 'A quicker disk, less written at once (checkpoints: checkpoint_timeout, max_wal_size).',
  },
  {
    type: 'IPC',
    event: 'SyncRep',
    words: 'a standby to confirm its commit',
    meaning: 'Replication is synchronous: each commit takes the way to a standby and back.',
    advice: 'A nearer standby, fewer commits, or synchronous_commit = local where that is acceptable.',
  },
  {
    type: 'IPC',
    event: 'BufferIO',
    words: 'a page that another backend reads',
    meaning: 'Several backends want a page that is on its way from the disk.',
    advice: 'As for a page to be read.',
  },
  {
    type: 'IPC',
    words: 'another process of Postgres',
    meaning: 'Backends work together (parallel queries, groups of commits).',
    advice: 'The event says on what; max_parallel_workers_per_gather = 0 for a queue.',
  },
  {
    type: 'BufferPin',
    words: 'a page to be let go by all',
    meaning: 'Vacuum, mostly, wants a page that a long scan holds.',
    advice: 'Look for cursors and statements that stand still.',
  },
  {
    type: 'Client',
    words: 'its client',
    meaning: 'Postgres waits for the engine to send or take something, within a statement or a COPY.',
    advice: "Not Postgres' own: look at the engine and at the network.",
  },
  {
    type: 'Timeout',
    words: 'a time that was set to pass',
    meaning: 'It sleeps: pg_sleep, a delay of vacuum or of commits.',
    advice: 'Look at who sleeps.',
  },
];

/** What connections do that do not wait. */
const running: WaitMeaning = {
  type: '',
  words: 'nothing: they ran on a CPU, or wanted to',
  meaning: 'Active without a wait event: it runs, or waits for a core, which Postgres does not tell apart.',
  advice: 'Look at the CPU of Postgres and the host; if it is used up, at the statements that take most (`statementsOf`).',
};

const unknown: WaitMeaning = {
  type: '',
  words: 'something else',
  meaning: 'A wait event that orchlab has no words for.',
  advice: 'See "Wait Events" in the documentation of PostgreSQL.',
};

/** What a wait means; of one that is not known by name, what its type does. */
export function meaningOfWait(type: string, event: string, subject: string): WaitMeaning {
  if (type === '') return running;
  const isEvent = (meaning: WaitMeaning): boolean => meaning.event === undefined || meaning.event.toLowerCase() === event.toLowerCase();
  const found = waitMeanings.find(
    (meaning) => meaning.type === type && isEvent(meaning) && (meaning.subject === undefined || meaning.subject === subject),
  );
  return found ?? unknown;
}

/** A wait by its name: `IO WalSync`, `Lock relation (jobs)`, `on CPU`. */
export function waitName(type: string, event: string, subject: string): string {
  if (type === '') return 'on CPU';
  return subject === '' ? `${type} ${event}` : `${type} ${event} (${subject})`;
}

/** The same of a name that `waitName` gave, for a sentence: `NOTIFY's lock (Lock object)`; empty for an empty one. */
export function waitWords(name: string): string {
  if (name === '') return '';
  const { words, code, subject } = partsOf(name);
  return `${words} (${[code, ...subject].join(', ')})`;
}

/** Without the name of the event: `NOTIFY's lock`, `a lock on a table (jobs)`. */
export function briefWaitWords(name: string): string {
  const { words, subject } = partsOf(name);
  return [words, ...subject.map((what) => `(${what})`)].join(' ');
}

function partsOf(name: string): { readonly words: string; readonly code: string; readonly subject: readonly string[] } {
  const [, type = '', event = '', subject = ''] = /^(\S+) (\S+)(?: \((.*)\))?$/.exec(name) ?? [];
  const { words } = meaningOfWait(type, event, subject);
  return { words, code: `${type} ${event}`, subject: subject === '' || subject === notifyQueue ? [] : [subject] };
}
