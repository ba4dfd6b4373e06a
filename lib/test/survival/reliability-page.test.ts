import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { phases } from './cell.ts';
import { cells, limits } from './cells.ts';
import { findRow } from './reliability-document.ts';

const page = readFileSync(new URL('../../../docs/reliability.md', import.meta.url), 'utf8');
const faults = [...new Set([...cells, ...limits].map(({ fault }) => fault))];

describe('docs/reliability.md', () => {
  it('has a row for each cell, as a full run (npm run test-reliability) writes it', () => {
    const missing = cells.filter((cell) => findRow(page, cell) === undefined);
    expect(missing.map(({ fault, phase, done }) => [fault, phase, done])).toEqual([]);
    const rows = page.split('\n');
    expect(rows.filter((row) => phases.some((phase) => row.startsWith(`| ${phase} |`)))).toHaveLength(cells.length);
  });

  it('has no red cell', () => {
    const [explained = '', ...rest] = page.split('\n').filter((line) => line.includes('✗'));
    expect(explained).toMatch(/^✓ as it should be/);
    expect(rest).toEqual([]);
  });
});

it.each(faults)('%s: each phase is tried, or it is said why it does not apply', (fault) => {
  const tried = new Set(cells.filter((cell) => cell.fault === fault).map(({ phase }) => phase));
  const explained = limits.filter((limit) => limit.fault === fault).flatMap((limit) => limit.phases);
  expect([...tried, ...explained].toSorted()).toEqual(phases.toSorted());
});
