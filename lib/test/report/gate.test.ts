import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { ThresholdResult } from '../../src/analysis/threshold-results.ts';
import { gateMarkdown } from '../../src/report/gate-markdown.ts';
import { type Gate, gateOutcome } from '../../src/analysis/gate.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { junitReport } from '../../src/report/junit-report.ts';
import type { Experiment } from '../../src/results/experiment.ts';
import type { Manifest } from '../../src/results/manifest.ts';
import { type BuildOptions, buildExperiment } from '../support/build-experiment.ts';

// Of github.com/windyroad/JUnit-Schema, cfa434d (2022), Apache License 2.0: the schema of Ant's JUnit task, stricter than what CI systems ask for.
const schema = readFileSync(new URL('fixtures/JUnit.xsd', import.meta.url), 'utf8');

async function problemsOf(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({ xml: [{ fileName: 'junit.xml', contents: xml }], schema: [schema] });
  return errors.map(({ rawMessage }) => rawMessage);
}

function gated(thresholds: readonly string[], options: BuildOptions = {}, changes: Partial<Manifest> = {}): Experiment {
  const built = buildExperiment(options);
  return { ...built, manifest: { ...built.manifest, ...changes, config: { ...built.manifest.config, thresholds: [...thresholds] } } };
}

const relative: ThresholdResult = {
  threshold: 'response.p99 < baseline + 5 %',
  figure: 'response.p99',
  title: 'response time p99',
  unit: 'seconds',
  comparator: '<',
  outcome: 'inconclusive',
  value: 1.2,
  bound: 1.25,
  excess: 0,
  reason: '3 more pairs',
};

const three: Gate = {
  experiments: [
    gated(['response.avg < 1 ms', 'tasks.lost = 0', 'response.p999 < 1 h']),
    gated(['tasks.failed = 0'], { failures: 3, target: 'pg-boss' }),
    gated(
      [],
      {},
      { status: 'failed', reason: 'the scheduler <died> & "left" \u001b[31m/home/someone/secret/file at postgres://me:pw@host/db' },
    ),
  ],
  comparisons: [
    { title: 'standard on dbos', baseline: 'version=5.3.0', baselineExperiments: ['a', 'b'], experiments: ['c'], results: [relative] },
  ],
};

describe('JUnit XML', () => {
  it('is valid by the schema, with a failure, a skipped and an error, each with its reason', async () => {
    const xml = junitReport(three);
    expect(await problemsOf(xml)).toEqual([]);
    const suites = [...xml.matchAll(/<testsuite [^>]*? name="([^"]*)"[^>]* tests="(\d)" failures="(\d)" errors="(\d)" skipped="(\d)"/g)];
    expect(suites.map(([, ...values]) => values)).toEqual([
      ['standard on dbos', '4', '1', '0', '1'],
      ['standard on pg-boss', '2', '1', '0', '0'],
      ['standard on dbos', '1', '0', '1', '0'],
      ['standard on dbos against the baseline', '1', '0', '0', '1'],
    ]);
    expect(xml).toMatch(
      /<testcase name="response\.avg &lt; 1 ms"[^>]*>\s*<failure message="[\d,.]+ m?s, [\d,.]+ m?s \([\d,]+ times\) too much" type="threshold"\/>/,
    );
    expect(xml).toMatch(/<skipped message="it is not known: it takes 2,302 values at least"\/>/);
    expect(xml).toMatch(/<skipped message="1\.2 s; 3 more pairs"\/>/);
  });

  it('tells nothing of the machine, and is no markup of what it quotes', () => {
    const xml = junitReport(three);
    expect(xml).toContain('the scheduler &lt;died&gt; &amp; &quot;left&quot; …/file at postgres://…@host/db');
    expect(xml).not.toMatch(/someone|me:pw/);
    expect(xml).not.toContain('\u001b');
  });

  it('the schema would say so if it were not', async () => {
    expect(await problemsOf(junitReport(three).replace(' failures="1"', ''))).toEqual([
      expect.stringContaining("attribute 'failures' is required"),
    ]);
  });

  it('an experiment that a threshold aborted is a failure of that threshold, no error', async () => {
    const stoppedBy = { threshold: 'latency.avg < 1 ms', figure: 'latency.avg', value: 0.5, afterSeconds: 8 };
    const xml = junitReport({
      experiments: [gated(['latency.avg < 1 ms'], {}, { status: 'aborted', reason: 'threshold', stoppedBy })],
      comparisons: [],
    });
    expect(xml).toMatch(/tests="2" failures="1" errors="0" skipped="1"/);
    expect(await problemsOf(xml)).toEqual([]);
  });
});

describe('Markdown', () => {
  it('has the outcome, a row a threshold, the main figures and what limited each', () => {
    const lines = gateMarkdown(three).split('\n');
    expect(lines[0]).toBe('### ❌ orchlab: standard on dbos, standard on pg-boss: 2 of 5 failed, 2 inconclusive');
    expect(lines).toContain('| ✅ passed | `tasks.lost = 0` | 0 | 1 |');
    expect(lines).toContain('| ❌ failed | `tasks.failed = 0` | 3, 3 off | 2 |');
    expect(lines).toContain('| ⚠️ inconclusive | `response.p99 < baseline + 5 %` | 1.2 s; 3 more pairs | all |');
    expect(lines.find((line) => line.startsWith('3: '))).toMatch(
      /^3: It ended as failed \(the scheduler &lt;died&gt; &amp; "left" …\/file/,
    );
    const rows = lines.filter((line) => line.startsWith('|')).map((line) => line.split(/(?<!\\)\|/).length);
    expect(new Set(rows.slice(0, 7))).toEqual(new Set([6]));
    expect(new Set(rows.slice(8))).toEqual(new Set([10]));
  });

  it('says nothing of thresholds where there are none', () => {
    const gate = { experiments: [gated([])], comparisons: [] };
    expect(gateOutcome(gate)).toBeUndefined();
    expect(gateMarkdown(gate)).toMatch(/^### orchlab: standard on dbos\n\n\| experiment \| response time p50 \|/);
  });
});

it('the report of an experiment has its thresholds in a section', () => {
  const [first, , third] = three.experiments;
  expect(first && htmlReport(first)).toMatch(
    /<h2>Thresholds<\/h2>\s*<p>1 of 3 failed, 1 inconclusive\.<\/p>.*<p class="bad">failed<\/p><\/td><td[^>]*><p><code>response\.avg &lt; 1 ms<\/code>/,
  );
  expect(third && htmlReport(third)).not.toContain('<h2>Thresholds</h2>');
});
