import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { pretendedOldNode } from '../support/old-node.ts';

const bin = fileURLToPath(new URL('../../bin/orchlab.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'orchlab-node-version-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs the command by a Node that is too old. */
async function runByOldNode(file: string): Promise<{ readonly stdout: string }> {
  const [program, ...args] = pretendedOldNode;
  return promisify(execFile)(program, [...args, file, '--version']);
}

it("hands over to the project's own Node where it is started by one that is too old", async () => {
  const { stdout } = await runByOldNode(bin);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('says which Node is wanted, which one it got and what to do, where there is no other', async () => {
  cpSync(bin, join(directory, 'orchlab.mjs'));
  await expect(runByOldNode(join(directory, 'orchlab.mjs'))).rejects.toMatchObject({
    code: 4,
    stderr: `orchlab: ${process.execPath}: expected Node 24 or newer, got 22.18.0: install one from https://nodejs.org, or run npx orchlab in orchlab's repository, where npm ci brings one\n`,
  });
});
