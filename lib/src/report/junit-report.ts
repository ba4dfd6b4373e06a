import XMLBuilder from 'fast-xml-builder';
import { type BaselineComparison, type Gate, titleOf } from '../analysis/gate.ts';
import { summaryOf } from '../analysis/saved-summary.ts';
import type { Summary, SummaryOf } from '../analysis/summary.ts';
import type { ThresholdResult } from '../analysis/threshold-results.ts';
import type { Experiment } from '../results/experiment.ts';
import { printable } from './printable.ts';
import { redact } from './redact.ts';
import { resultWords } from './sections/thresholds.ts';

/** Attributes begin with `@`. */
type Element = Readonly<Record<string, unknown>>;

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', format: true, suppressEmptyNode: true });

/**
 * A gate as JUnit XML, as CI systems show it: a suite for each experiment and one for what is judged against a baseline, a case for each threshold and
 * one for how the experiment ended. One that did not hold is a failure, one that can't be judged is skipped, with the reason, and an experiment that
 * did not end as done is an error.
 *
 * Valid by the schema of Ant's JUnit task (windyroad's JUnit.xsd), the strictest of those that there are. Holds no paths of this machine.
 */
export function junitReport(gate: Gate): string {
  const [first] = gate.experiments;
  const suites = [
    ...gate.experiments.map((experiment) => experimentSuite(experiment)),
    ...gate.comparisons.flatMap((comparison) => (first ? [baselineSuite(comparison, first)] : [])),
  ];
  const numbered = suites.map((element, index) => ({ '@id': index, '@package': 'orchlab', ...element }));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ testsuites: { testsuite: numbered } })}`;
}

function experimentSuite(experiment: Experiment): Element {
  const summary = summaryOf(experiment);
  const { target, verdict, thresholds, setup, durationSeconds } = summary;
  const properties = {
    experiment: summary.name,
    target: `${target.name} ${target.version}`,
    postgres: setup.postgres,
    host: setup.host,
    'limited by': verdict.limitedBy,
    verdict: verdict.sentence,
    ...(experiment.manifest.gitCommit !== undefined && { 'git commit': experiment.manifest.gitCommit }),
    ...Object.fromEntries(Object.entries(summary.figures).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]))),
  };
  const title = titleOf(experiment);
  const cases = [endCase(title, summary), ...thresholds.map((result) => thresholdCase(title, result))];
  return suite(title, experiment, durationSeconds ?? 0, properties, cases);
}

function baselineSuite({ title, baseline, baselineExperiments, results }: BaselineComparison, first: Experiment): Element {
  const name = `${title} against the baseline`;
  const properties = { baseline, 'experiments of the baseline': baselineExperiments.join(', ') };
  return suite(
    name,
    first,
    0,
    properties,
    results.map((result) => thresholdCase(name, result)),
  );
}

function suite(
  name: string,
  { manifest }: Experiment,
  seconds: number,
  properties: Readonly<Record<string, string>>,
  cases: readonly Element[],
): Element {
  const count = (key: string): number => cases.filter((each) => key in each).length;
  return {
    '@name': clean(name),
    '@timestamp': new Date(manifest.times.startedMs).toISOString().slice(0, 19),
    // Not the machine's name: a report may go where that is nobody's business.
    '@hostname': 'localhost',
    '@tests': cases.length,
    '@failures': count('failure'),
    '@errors': count('error'),
    '@skipped': count('skipped'),
    '@time': decimal(seconds),
    properties: {
      property: Object.entries(properties)
        .filter(([, value]) => value !== '')
        .map(([key, value]) => ({ '@name': clean(key), '@value': clean(value) })),
    },
    testcase: cases,
    'system-out': '',
    'system-err': '',
  };
}

function endCase(classname: string, { status, reason, durationSeconds }: Summary): Element {
  const message = clean(reason ?? `it ended as ${status}`);
  const known = { '@name': 'the experiment ends as done', '@classname': clean(classname), '@time': decimal(durationSeconds ?? 0) };
  if (status === 'done') return known;
  // One that a threshold aborted has that threshold as its failure.
  if (status === 'aborted') return { ...known, skipped: { '@message': message } };
  return { ...known, error: { '@message': message, '@type': status } };
}

function thresholdCase(classname: string, result: SummaryOf<ThresholdResult>): Element {
  const message = clean(resultWords(result));
  return {
    '@name': clean(result.threshold),
    '@classname': clean(classname),
    '@time': '0',
    ...(result.outcome === 'failed' && { failure: { '@message': message, '@type': 'threshold' } }),
    ...(result.outcome === 'inconclusive' && { skipped: { '@message': message } }),
  };
}

/** XML has no exponents in its decimals. */
function decimal(seconds: number): string {
  return seconds.toFixed(3);
}

function clean(text: string): string {
  return printable(redact(text));
}
