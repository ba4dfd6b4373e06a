import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const readOnly = '25006';
const diskFull = '53100';

/** What to do about a server that nothing can be written to, by the SQLSTATE; empty for every other one. */
export function unwritableAdvice(code: string | undefined): string {
  switch (code) {
    case readOnly:
      return 'It is a standby, or default_transaction_read_only is on: name a server in DATABASE_URL that can be written to';
    case diskFull:
      return 'Its disk is full: make room there, or name another server in DATABASE_URL';
    default:
      return '';
  }
}

/** Whatever client an engine has, these are the server's own words. */
const sayings: readonly (readonly [words: RegExp, code: string])[] = [
  [/cannot execute [A-Z ]+ in a read-only transaction/, readOnly],
  [/could not (?:extend|write|create|access)[^\n]{0,300}?No space left on device/, diskFull],
];

/** What Postgres said in a text, and what to do about it, where that is that nothing can be written to it. */
export function unwritableWords(text: string): { readonly said: string; readonly advice: string } | undefined {
  for (const [words, code] of sayings) {
    const [said] = words.exec(text) ?? [];
    if (said !== undefined) return { said, advice: unwritableAdvice(code) };
  }
  return undefined;
}

/** Of a log as much as this, from its end. */
const lastCharacters = 100_000;

/** The same of the logs of an engine, which ends or goes on as it likes when it can't write. */
export async function unwritableInLogs(directory: string): Promise<ReturnType<typeof unwritableWords>> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((file) => file.endsWith('.log'))) {
    const log = await readFile(join(directory, name), 'utf8').catch(() => '');
    const words = unwritableWords(log.slice(-lastCharacters));
    if (words) return words;
  }
  return undefined;
}
