import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { summarize } from '../../src/analysis/summarize.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { textTargets } from '../../src/report/text-targets.ts';
import { openExperiment } from '../../src/results/experiment.ts';
import { buildExperiment, writeExperiment } from '../support/build-experiment.ts';

test('results of before targets said more than their name and options are read as of one that says nothing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'orchlab-manifest-'));
  try {
    await writeExperiment(buildExperiment({ runs: 100 }), directory);
    const path = join(directory, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as { target: { name: string; version: string; options: object } };
    const { name, version, options } = manifest.target;
    await writeFile(path, JSON.stringify({ ...manifest, target: { name, version, options } }));
    const old = await openExperiment(directory);
    expect(old.manifest.target).toMatchObject({ name, version, options, places: { kind: 'unknown' }, roles: [] });
    expect(old.manifest.target.times.created).toEqual({ clock: 'database', moment: 'unknown', source: '' });
    const { verdict } = summarize(old);
    expect(verdict).toMatchObject({ evidence: { places: null, placesBy: '', overloadedRatio: null } });
    expect(verdict.sentence).not.toMatch(/place/);
    expect(htmlReport(old)).toContain(verdict.sentence.slice(0, 30));
    expect(textTargets([old])).toContain(verdict.sentence);
  } finally {
    await rm(directory, { recursive: true });
  }
});
