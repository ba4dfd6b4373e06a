import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { RunIds } from '../../src/experiment/run-ids.ts';

it('finds the number of every id, whatever it looks like, and of no other', () => {
  const anyId = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.uuid(),
    fc.uuid().map((id) => id.toUpperCase()),
    fc.constantFrom('', '0', 'läuft 作業 🚀'),
  );
  fc.assert(
    fc.property(fc.uniqueArray(anyId, { maxLength: 200 }), fc.array(anyId, { maxLength: 20 }), (ids, others) => {
      const index = new RunIds();
      for (const [number, id] of ids.entries()) index.set(id, 3 * number);
      expect(index.size).toBe(ids.length);
      // A lone surrogate has no UTF-8: what came as one goes as its replacement.
      for (const [number, id] of ids.entries()) expect(index.get(id)).toBe(3 * number);
      for (const id of others) if (!ids.includes(id)) expect(index.get(id)).toBeUndefined();
      expect([...index.entries()]).toEqual(ids.map((id, number) => [id, 3 * number]));
    }),
  );
});

it('holds hundreds of thousands', () => {
  const index = new RunIds();
  const ids = Array.from({ length: 300_000 }, (_, number) => (number % 3 === 0 ? `run-${number}` : randomUUID()));
  for (const [number, id] of ids.entries()) index.set(id, number);
  expect(ids.every((id, number) => index.get(id) === number)).toBe(true);
  expect(index.get('run-1')).toBeUndefined();
  expect([...index.entries()].every(([id, number]) => ids[number] === id)).toBe(true);
});

it('holds ids of any length, and refuses one that it has', () => {
  const index = new RunIds();
  const long = 'x'.repeat(500_000);
  for (let number = 0; number < 5; number++) index.set(`${long}${number}`, number);
  expect(index.get(`${long}4`)).toBe(4);
  expect([...index.entries()][4]?.[0]).toBe(`${long}4`);
  expect(() => index.set(`${long}4`, 9)).toThrow(/has been set before/);
  expect(() => index.set('x'.repeat(2 ** 20), 9)).toThrow(/at most 1048576 bytes/);
});
