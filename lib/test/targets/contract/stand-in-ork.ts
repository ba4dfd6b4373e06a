import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const directory = mkdtempSync(join(tmpdir(), 'orchlab-ork-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

/** A program that speaks ork's commands and tables, for machines without ork: fixtures/ork.ts. */
export const standInOrk = join(directory, 'ork');
const program = fileURLToPath(new URL('../fixtures/ork.ts', import.meta.url));
writeFileSync(standInOrk, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
