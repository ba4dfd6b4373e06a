/**
 * What does it cost to read a large experiment? `node bench/analysis.ts [--tasks 5000000] [--rounds 3]`
 *
 * Generates the result files of an experiment by seed (10 tasks a run, 1,000 runs/s), and reads them, each step in a process of its own and
 * in turn: with DuckDB (in Python, installed into a virtual environment beside the files: needs python3 and PyPI) and with orchlab. What
 * counts is the time from opening the files to the figures, of the median round; the files are in the page cache. Each aim is printed as met
 * or missed, beside the peak memory; so is the time of `orchlab list`, of the built package, over 300 experiments. The figures of both must be
 * the same; exits with 1 where they are not.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { numberColumn } from '../lib/src/analysis/columns.ts';
import { latencyOf } from '../lib/src/analysis/latency.ts';
import { latencyOverTime } from '../lib/src/analysis/latency-over-time.ts';
import { saveSummary } from '../lib/src/analysis/saved-summary.ts';
import { summarize } from '../lib/src/analysis/summarize.ts';
import { htmlReport } from '../lib/src/report/html-report.ts';
import { textSummary } from '../lib/src/report/text-summary.ts';
import { openExperiment } from '../lib/src/results/experiment.ts';
import { generateExperiment } from './support/generate-experiment.ts';

const run = promisify(execFile);

interface Measured {
  readonly seconds: number;
  readonly peakRssBytes: number;
  /** A row a phase, then a row a window: count and figures in seconds. */
  readonly figures?: readonly (readonly number[])[];
}

const mostRssBytes = 1.5e9;
const listed = 300;
const listSeconds = 1;
/** How much longer than DuckDB takes for the latency tables. */
const aims = { latency: 1, summary: 5, report: 10 } as const;
type Step = keyof typeof aims;

const phaseColumns = ['count', 'avgSeconds', 'minSeconds', 'p50Seconds', 'p90Seconds', 'p99Seconds', 'p999Seconds', 'maxSeconds'];
const windowColumns = ['count', 'p50Seconds', 'p90Seconds', 'p99Seconds', 'maxSeconds'];

async function compareAll(): Promise<void> {
  const { values } = parseArgs({ options: { tasks: { type: 'string', default: '5000000' }, rounds: { type: 'string', default: '3' } } });
  const tasks = Number(values.tasks);
  const directory = mkdtempSync(join(tmpdir(), 'orchlab-bench-'));
  try {
    await generateExperiment(join(directory, 'results'), { tasks, tasksPerRun: 10, runsPerSecond: 1000, seed: 1 });
    const bytes = statSync(join(directory, 'results', 'tasks.arrow')).size;
    console.log(`${tasks.toLocaleString('en-US')} tasks in ${(bytes / 1e6).toFixed(0)} MB`);
    await run('python3', ['-m', 'venv', join(directory, 'venv')]);
    const python = join(directory, 'venv', 'bin', 'python');
    await run(python, ['-m', 'pip', 'install', '--quiet', 'duckdb', 'pyarrow']);

    const rounds = new Map<Step | 'duckdb', Measured[]>();
    for (let round = 0; round < Number(values.rounds); round++) {
      const note = (step: Step | 'duckdb', stdout: string): void => {
        rounds.set(step, [...(rounds.get(step) ?? []), JSON.parse(stdout) as Measured]);
      };
      const results = join(directory, 'results');
      note('duckdb', (await run(python, ['-c', duckDbScript, results], { maxBuffer: 1e8 })).stdout);
      for (const step of Object.keys(aims) as Step[]) {
        const env = { ...process.env, ORCHLAB_BENCH_ANALYSIS: step };
        note(step, (await run(process.execPath, [import.meta.filename, results], { env, maxBuffer: 1e8 })).stdout);
      }
    }
    printAims(rounds);
    await measureList(join(directory, 'workspace'));
    assertSameFigures(rounds.get('duckdb')?.[0]?.figures ?? [], rounds.get('latency')?.[0]?.figures ?? []);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function printAims(rounds: ReadonlyMap<Step | 'duckdb', readonly Measured[]>): void {
  const median = (step: Step | 'duckdb', pick: (measured: Measured) => number): number => {
    const sorted = (rounds.get(step) ?? []).map(pick).sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  };
  const reference = median('duckdb', ({ seconds }) => seconds);
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
  const said = (isMet: boolean): string => (isMet ? 'met' : 'MISSED');
  console.log(`duckdb   ${reference.toFixed(2)} s, ${gigabytes(median('duckdb', ({ peakRssBytes }) => peakRssBytes))} at most`);
  for (const [step, aim] of Object.entries(aims) as [Step, number][]) {
    const seconds = median(step, (measured) => measured.seconds);
    const bytes = median(step, ({ peakRssBytes }) => peakRssBytes);
    const ratio = seconds / reference;
    console.log(
      `${step.padEnd(8)} ${seconds.toFixed(2)} s, ${ratio.toFixed(2)} x DuckDB (aim ${aim} x: ${said(ratio <= aim)}), ` +
        `${gigabytes(bytes)} at most (aim ${gigabytes(mostRssBytes)}: ${said(bytes <= mostRssBytes)})`,
    );
  }
}

/** The command itself, its start included, over so many experiments with their saved summaries. */
async function measureList(root: string): Promise<void> {
  const first = join(root, 'perf-results', 'experiment-0');
  mkdirSync(join(root, 'perf-configs'), { recursive: true });
  await generateExperiment(first, { tasks: 1000, tasksPerRun: 10, runsPerSecond: 20, seed: 1 });
  await saveSummary(await openExperiment(first));
  for (let copy = 1; copy < listed; copy++) cpSync(first, join(root, 'perf-results', `experiment-${copy}`), { recursive: true });
  const seconds: number[] = [];
  for (let round = 0; round < 5; round++) {
    const began = performance.now();
    await run(process.execPath, [join(import.meta.dirname, '..', 'lib', 'bin', 'orchlab.js'), 'list'], { cwd: root });
    seconds.push((performance.now() - began) / 1000);
  }
  const median = seconds.sort((a, b) => a - b)[2] ?? Number.NaN;
  console.log(
    `orchlab list over ${listed} experiments: ${median.toFixed(2)} s (aim ${listSeconds} s: ${median <= listSeconds ? 'met' : 'MISSED'})`,
  );
}

/** DuckDB interpolates by another formula of the same meaning, and sums in another order: the same to twelve digits. */
function assertSameFigures(expected: readonly (readonly number[])[], got: readonly (readonly number[])[]): void {
  let differing = expected.length === got.length ? 0 : 1;
  for (const [row, values] of expected.entries()) {
    for (const [column, value] of values.entries()) {
      const other = got[row]?.[column] ?? Number.NaN;
      if (value === other || Math.abs(value / other - 1) < 1e-12) continue;
      differing++;
      if (differing <= 5) console.log(`row ${row}, column ${column}: DuckDB has ${value}, orchlab ${other}`);
    }
  }
  console.log(`${expected.length} rows of figures: ${differing === 0 ? 'the same in both' : `${differing} DIFFER`}`);
  if (differing > 0) process.exitCode = 1;
}

async function measure(step: Step, directory: string): Promise<Measured> {
  const began = performance.now();
  const experiment = await openExperiment(directory);
  let figures: number[][] | undefined;
  if (step === 'latency') {
    const byPhase = latencyOf(experiment);
    const byWindow = latencyOverTime(experiment, { windowSeconds: 1 });
    figures = [
      ...rowsOf(phaseColumns.map((column) => numberColumn(byPhase, column))),
      ...rowsOf(windowColumns.map((column) => numberColumn(byWindow, column))),
    ];
  } else if (step === 'summary') {
    textSummary(summarize(experiment));
  } else {
    htmlReport(experiment);
  }
  const seconds = (performance.now() - began) / 1000;
  return { seconds, peakRssBytes: process.resourceUsage().maxRSS * 1024, ...(figures && { figures }) };
}

function rowsOf(columns: readonly Float64Array[]): number[][] {
  return Array.from(columns[0] ?? [], (_, row) => columns.map((column) => column[row] ?? Number.NaN));
}

const duckDbScript = String.raw`
import json, resource, sys, time
import duckdb, pyarrow
began = time.perf_counter()
def read(name):
    with pyarrow.memory_map(f'{sys.argv[1]}/{name}.arrow') as file:
        return pyarrow.ipc.open_file(file).read_all()
tasks, runs = read('tasks'), read('runs')
database = duckdb.connect()
database.execute("SET enable_progress_bar = false")
origin, = database.execute("select min(sentMs) from runs where not warmUp").fetchone()
database.execute("""create temp table phases as
    select (createdMs - dueMs) / 1000 as submission, (dispatchedMs - createdMs) / 1000 as wait, (startedMs - dispatchedMs) / 1000 as dispatch,
           (finishedMs - startedMs) / 1000 as execution, (finishedMs - createdMs) / 1000 as latency, (finishedMs - dueMs) / 1000 as response,
           (finishedMs - getvariable('origin')) / 1000 as moment
    from tasks join runs using (runIndex) where tasks.status = 'finished' and not warmUp""".replace("getvariable('origin')", repr(origin)))
figures = []
names = ['submission', 'wait', 'dispatch', 'execution', 'latency', 'response']
row = database.execute('select ' + ', '.join(
    f'count({name}), avg({name}), min({name}), quantile_cont({name}, [0.5, 0.9, 0.99, 0.999]), max({name})' for name in names) + ' from phases').fetchone()
for index in range(len(names)):
    count, avg, low, quantiles, high = row[index * 5:index * 5 + 5]
    figures.append([count, avg, low, *quantiles, high])
for _, count, quantiles, high in database.execute("""
    select greatest(0, floor(moment + 1e-6))::int as w, count(*), quantile_cont(latency, [0.5, 0.9, 0.99]), max(latency) from phases group by w order by w""").fetchall():
    figures.append([count, *quantiles, high])
seconds = time.perf_counter() - began
print(json.dumps({'seconds': seconds, 'peakRssBytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, 'figures': figures}))
`;

const child = process.env['ORCHLAB_BENCH_ANALYSIS'];
if (child === undefined) await compareAll();
else console.log(JSON.stringify(await measure(child as Step, process.argv[2] ?? '')));
