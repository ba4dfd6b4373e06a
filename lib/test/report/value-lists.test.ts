import { expect, it } from 'vitest';
import { summarize } from '../../src/analysis/summarize.ts';
import { experimentsTable, summariesTable } from '../../src/report/value-lists.ts';
import { buildExperiment } from '../support/build-experiment.ts';

it('experiments side by side have a column for their labels where one has a label', () => {
  const built = buildExperiment({ runs: 2 });
  const labelled = { ...built, manifest: { ...built.manifest, label: 'before' } };
  expect(experimentsTable([built]).columnNames()).not.toContain('label');
  expect(experimentsTable([built, labelled]).array('label')).toEqual(['', 'before']);
  expect(summariesTable([labelled].map(summarize)).columnNames().slice(0, 2)).toEqual(['experiment', 'label']);
});
