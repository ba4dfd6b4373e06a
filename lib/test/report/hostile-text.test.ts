import fc from 'fast-check';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { gateOf } from '../../src/analysis/gate.ts';
import { summarize } from '../../src/analysis/summarize.ts';
import { gateMarkdown } from '../../src/report/gate-markdown.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { junitReport } from '../../src/report/junit-report.ts';
import { toRichOutput } from '../../src/report/mime-bundle.ts';
import { progressLine, seriesLine } from '../../src/report/terminal-progress.ts';
import { printable } from '../../src/report/printable.ts';
import { textSummary } from '../../src/report/text-summary.ts';
import { createExperimentDirectory } from '../../src/results/experiment-directory.ts';
import { buildExperiment } from '../support/build-experiment.ts';
import { hostileText, propertyRuns, terminalControls } from '../support/hostile.ts';

const scratch = mkdtempSync(join(tmpdir(), 'orchlab-hostile-text-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const hostileExperiment = fc.tuple(hostileText, hostileText, hostileText).map(([config, target, other]) => {
  const built = buildExperiment({
    runs: 2,
    tasksPerRun: 1,
    config,
    target: target || 'x',
    warnings: [other],
    status: 'failed',
    reason: other,
  });
  return { ...built, name: config, manifest: { ...built.manifest, config: { ...built.manifest.config, script: other || 'x' } } };
});

/** Elements that orchlab does not write anywhere. */
const foreignMarkup = /<(?:img|x\b|script>alert)|<!--/i;

it('no name, label or reason reaches a terminal, a page, Markdown, JUnit or a cell of a notebook as anything but text', () => {
  fc.assert(
    fc.property(hostileExperiment, (experiment) => {
      // As `print` does with all that the command says.
      expect(printable(textSummary(summarize(experiment)))).not.toMatch(terminalControls);
      const gate = gateOf([experiment]);
      const markdown = gateMarkdown(gate);
      const junit = junitReport(gate);
      const cell = toRichOutput(experiment)?.data ?? {};
      for (const [what, text] of Object.entries({ markdown, junit, html: String(cell['text/html']), text: String(cell['text/plain']) }))
        expect(text, what).not.toMatch(terminalControls);
      for (const [what, text] of Object.entries({ markdown, junit, html: String(cell['text/html']) }))
        expect(text, what).not.toMatch(foreignMarkup);
    }),
    propertyRuns(),
  );
});

it('a page has as many scripts as it has without hostile names, and no control characters', () => {
  const scripts = (page: string): number => page.split(/<\/script/i).length;
  const plain = htmlReport(buildExperiment({ runs: 2, tasksPerRun: 1, status: 'failed', reason: 'x', warnings: ['x'] }));
  fc.assert(
    fc.property(hostileExperiment, (experiment) => {
      const page = htmlReport(experiment);
      expect(scripts(page)).toBe(scripts(plain));
      // Vega's own code has some.
      const own = page.replaceAll(/<script>[^]*?<\/script>/g, '');
      expect(own).not.toMatch(terminalControls);
      expect(own).not.toMatch(foreignMarkup);
    }),
    propertyRuns(8),
  );
});

it('progress is one line', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const lines = [
        progressLine({ phase: 'starting', step: text, elapsedSeconds: 1 } as never),
        seriesLine({ label: text, round: 1, number: 1, total: 2, remainingSeconds: 3 } as never),
      ];
      for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Bidi_C}]/u);
    }),
    propertyRuns(),
  );
});

it('the directory of an experiment is within the results, whatever its config is called', async () => {
  await fc.assert(
    fc.asyncProperty(hostileText, async (name) => {
      const results = mkdtempSync(join(scratch, 'results-'));
      const { directory } = await createExperimentDirectory(results, name, 0);
      expect(directory.startsWith(`${results}/`)).toBe(true);
      expect(readdirSync(results)).toHaveLength(1);
      expect(readdirSync(results)[0]).toMatch(/^[\p{L}\p{N}._-]{1,150}$/u);
    }),
    propertyRuns(),
  );
});
