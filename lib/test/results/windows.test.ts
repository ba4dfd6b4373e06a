import { expect, test } from 'vitest';
import { chooseWindowSeconds } from '../../src/results/windows.ts';

test('windows are as wide as the experiment asks for', () => {
  expect([0.9, 5.5, 90, 120, 3600, 1e6].map(chooseWindowSeconds)).toEqual([0.2, 1, 1, 5, 60, 600]);
});
