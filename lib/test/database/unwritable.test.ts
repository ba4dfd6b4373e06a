import { expect, it } from 'vitest';
import { unwritableWords } from '../../src/database/unwritable.ts';

it('finds in whatever an engine prints what Postgres said when nothing could be written to it, and what to do', () => {
  const log = `Error: job failed\n    at run (worker.js:3)\nerror: cannot execute UPDATE in a read-only transaction\n  code: '25006'\n`;
  expect(unwritableWords(log)).toEqual({
    said: 'cannot execute UPDATE in a read-only transaction',
    advice: 'It is a standby, or default_transaction_read_only is on: name a server in DATABASE_URL that can be written to',
  });
  const full = 'psycopg.errors.DiskFull: could not extend file "base/16384/16403": No space left on device\nHINT:  Check free disk space.';
  expect(unwritableWords(full)).toEqual({
    said: 'could not extend file "base/16384/16403": No space left on device',
    advice: 'Its disk is full: make room there, or name another server in DATABASE_URL',
  });
  expect(unwritableWords('error: duplicate key value violates unique constraint')).toBeUndefined();
  // That of the engine's own files is not Postgres's.
  expect(unwritableWords('OSError: [Errno 28] No space left on device')).toBeUndefined();
});
