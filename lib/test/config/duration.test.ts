import { expect, it } from 'vitest';
import { parseDuration } from '../../src/config/duration.ts';
import { createConfig, mergeConfigValues } from '../../src/config/load-config.ts';

it.each([
  ['90', 90],
  ['0.5', 0.5],
  ['90s', 90],
  ['500ms', 0.5],
  ['45m', 2700],
  ['45 min', 2700],
  ['6h', 21_600],
  ['1.5h', 5400],
  ['1h30m', 5400],
  ['2d', 172_800],
  ['', undefined],
  ['-1h', undefined],
  ['6 hours', undefined],
  ['h', undefined],
  ['1h30', undefined],
  ['1e3', undefined],
])('reads the duration %j as %j seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

it('writes seconds into the config, whichever way it was said', () => {
  const load = { arrival: { constant: 1 }, tasks_per_workflow: 1, duration: 0 };
  expect(createConfig({ ...load, load_seconds: '6h' })).toEqual(createConfig({ ...load, load_seconds: 21_600 }));
  expect(createConfig({ ...load, load_seconds: 299 }).timeout).toBe(300);
  expect(createConfig({ ...load, load_seconds: 300 }).timeout).toBe(600);
  expect(createConfig({ workflows: 1, tasks_per_workflow: 1, duration: 0 }).timeout).toBe(300);
});

it('leaves out a timeout of the file that the load of the options outlasts', () => {
  const file = { workflows: 5, timeout: '10m', duration: 0 };
  expect(mergeConfigValues(file, { load_seconds: '6h' })).toEqual({ load_seconds: '6h', duration: 0 });
  expect(mergeConfigValues(file, { load_seconds: 60 })).toEqual({ load_seconds: 60, timeout: '10m', duration: 0 });
});
