import { damageWords } from '../analysis/damage.ts';
import { threeDigits } from '../analysis/format-figure.ts';
import type { Summary } from '../analysis/summary.ts';
import { describeArrival, plannedRuns, plannedSeconds } from '../config/arrival.ts';
import { type PerfConfig, taskTotal } from '../config/perf-config.ts';
import { shownDirectory, wantedName } from './report-figures.ts';
import { tasksNotRead } from './tasks-not-read.ts';
import { thresholdLines } from './threshold-lines.ts';
import { unsaid, verdictTextLines } from './verdict-paragraph.ts';
import { describeSteady } from './verdict-section.ts';

type Nullable = number | null;

/** What an experiment is going to do, as the first block of its output. */
export function textConfiguration(config: PerfConfig): string {
  const { arrival, load_seconds, max_in_flight, warm_up_seconds } = config;
  const count = (total: number): string => (Number.isNaN(total) ? `as many as ${load_seconds}s take` : String(total));
  const length = plannedSeconds(config);
  return [
    '=== Performance Test Configuration ===',
    `Config: ${config.name}`,
    `Target: ${config.target}`,
    `Runs to trigger: ${count(plannedRuns(config))}`,
    `Tasks per run: ${config.tasks_per_workflow}`,
    `Task duration: ${config.duration}s`,
    `Total tasks: ${count(taskTotal(config))}`,
    ...(arrival === 'burst' ? [] : [`Arrival: ${describeArrival(arrival)}`]),
    ...(length > 0
      ? [`Load: ${Number(length.toFixed(2))}s${warm_up_seconds > 0 ? `, the first ${warm_up_seconds}s to warm up` : ''}`]
      : []),
    ...(max_in_flight === undefined ? [] : [`Runs in flight: at most ${max_in_flight}`]),
    '',
  ].join('\n');
}

/**
 * The figures of an experiment, to be read: the results block of its output, and with the configuration before it the .txt beside its
 * directory.
 *
 * Unknown figures say so. 1 KB is 1,024 bytes, as in /proc, and 1 MB a million; CPU percent is of one core.
 */
export function textSummary(summary: Summary): string {
  const sections = [
    ['=== Performance Test Results ==='],
    statusLines(summary),
    damageLines(summary),
    thresholdLines(summary.thresholds),
    verdictLines(summary),
    latencyLines(summary),
    throughputLines(summary),
    taskLines(summary),
    explanationLines(summary),
    resourceLines(summary),
    metricLines(summary),
    warningLines(summary),
    [`Results: ${shownDirectory(summary)}`],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function statusLines({ status, reason }: Summary): string[] {
  if (status === 'done') return [];
  if (status === 'running') return ['Status: running (it still runs, or was killed)'];
  return [`Status: ${status}${reason === undefined ? '' : ` (${reason})`}`];
}

function damageLines({ damage }: Summary): string[] {
  return damage === null ? [] : [`Careful: ${damageWords(damage)}`];
}

function verdictLines({ verdict, steady }: Summary): string[] {
  return ['Verdict:', ...verdictTextLines(verdict).map((line) => `  ${line}`), `  Steady state: ${describeSteady(steady)}`];
}

function warningLines({ warnings, verdict }: Summary): string[] {
  const others = unsaid(verdict.notes, warnings);
  return others.length > 0 ? ['Warnings:', ...others.map((warning) => `  - ${warning}`)] : [];
}

function latencyLines(summary: Summary): string[] {
  const { latencySeconds, tasks, warmUp } = summary;
  const wanted = wantedName(summary);
  const phases = [
    ['Submission', `${wanted} to created`, summary.submissionSeconds],
    ['Wait', 'created to dispatched', summary.waitSeconds],
    ['Dispatch', 'dispatched to started', summary.dispatchSeconds],
    ['Execution', 'started to finished', summary.executionSeconds],
    ['Schedule lag', 'due to sent', summary.scheduleLagSeconds],
  ] as const;
  const { responseSeconds } = summary;
  return [
    `Response Time (${wanted} to finished):`,
    `  Avg: ${seconds(responseSeconds.avg)}`,
    `  Percentiles: ${percentiles(responseSeconds)}`,
    `  Max: ${seconds(responseSeconds.max)}`,
    '',
    'Latency Stats:',
    `  Tasks: ${tasks.finished - warmUp.finishedTasks}`,
    `  Avg latency: ${seconds(latencySeconds.avg)}`,
    `  Min latency: ${seconds(latencySeconds.min)}`,
    `  Max latency: ${seconds(latencySeconds.max)}`,
    `  Percentiles: ${percentiles(latencySeconds)}`,
    '',
    'Phases:',
    ...phases.map(([name, meaning, figures]) => `  ${name} (${meaning}): ${figures.avg === null ? unknown : inBrief(figures)}`),
  ];
}

function inBrief(figures: Summary['latencySeconds']): string {
  const known = percentiles(figures);
  return `avg ${seconds(figures.avg)}${known === tooFew ? '' : `, ${known}`}, max ${seconds(figures.max)}`;
}

/** Those that so many tasks can carry. */
function percentiles({ p50, p90, p99 }: Summary['latencySeconds']): string {
  const known = Object.entries({ p50, p90, p99 }).filter(([, value]) => value !== null);
  return known.length === 0 ? tooFew : known.map(([name, value]) => `${name} ${seconds(value)}`).join(', ');
}

function throughputLines({ throughput, durationSeconds }: Summary): string[] {
  const windows = [
    ['10s', throughput.windows10s],
    ['60s', throughput.windows60s],
  ] as const;
  return [
    'Throughput:',
    `  Run submission: ${rate(throughput.runsPerSecond)} runs/sec`,
    `  Task completion: ${rate(throughput.tasksPerSecond)} tasks/sec`,
    ...windows.flatMap(([width, figures]) => {
      if (figures === undefined) return [];
      const { bestTasksPerSecond, meanTasksPerSecond, worstTasksPerSecond } = figures;
      const count = `${figures.windows} whole ${width} ${figures.windows === 1 ? 'window' : 'windows'}`;
      return `  Task completion by ${width}: best ${rate(bestTasksPerSecond)}, mean ${rate(meanTasksPerSecond)}, worst ${rate(worstTasksPerSecond)} tasks/sec (${count})`;
    }),
    `  Total duration: ${fixed(durationSeconds, 2, 's')}`,
  ];
}

function taskLines(summary: Summary): string[] {
  const unread = tasksNotRead(summary);
  if (unread !== undefined) return ['Task Ledger:', `  ${unread}`];
  const { tasks, runs, warmUp } = summary;
  const { submitted, finished, failed, cancelled, lost, duplicates, ghosts } = tasks;
  const unsent = runs.planned - runs.submitted;
  return [
    'Task Ledger:',
    `  ${submitted} submitted = ${finished} finished + ${failed} failed + ${cancelled} cancelled + ${lost} lost`,
    ...(warmUp.runs > 0 ? [`  ${warmUp.tasks} of them were due in the warm-up (${warmUp.runs} runs): they are in no other figure`] : []),
    ...(duplicates === null && submitted > 0 ? ['  Executions: unknown (the tasks left no evidence of them)'] : []),
    ...(duplicates ? [`  Executed more than once: ${duplicates} executions too many (duplicates)`] : []),
    ...(ghosts ? [`  Executed though never submitted: ${ghosts} executions (ghosts)`] : []),
    ...(unsent > 0 ? [`  ${unsent} of ${runs.planned} runs not submitted (${runs.rejected} rejected, ${runs.dropped} dropped)`] : []),
  ];
}

function explanationLines({ runs, tasksPerRun, tasks }: Summary): string[] {
  return [
    'Explanation:',
    `  - ${runs.submitted} runs created (${tasksPerRun} tasks each = ${tasks.submitted} total tasks)`,
    '  - Run submission measures how fast we enqueue work',
    '  - Task completion measures actual work throughput',
  ];
}

function resourceLines(summary: Summary): string[] {
  const { scheduler, workers, postgres, driver, sampler, sampling, ownWork, eventLoopDelaySeconds } = summary;
  const pss = (role: string, { pssBytesPeak }: Summary['scheduler']): string[] =>
    pssBytesPeak === null
      ? []
      : [`  ${role} PSS peak (shared memory counted once, read every second or more rarely): ${memory(pssBytesPeak)}`];
  return [
    'Resource Usage:',
    `  Scheduler RSS: ${memory(scheduler.rssBytesEnd)}`,
    `  Scheduler RSS start: ${memory(scheduler.rssBytesStart)}`,
    `  Scheduler RSS peak: ${memory(scheduler.rssBytesPeak)}`,
    `  Scheduler RSS growth: ${memory(scheduler.rssBytesGrowth)}`,
    ...pss('Scheduler', scheduler),
    `  Scheduler CPU: ${cpu(scheduler)}`,
    `  Peak worker count: ${workers.peakCount ?? unknown}`,
    `  Workers RSS peak (shared memory counted in each process): ${memory(workers.rssBytesPeak)}`,
    ...pss('Workers', workers),
    `  Workers CPU: ${cpu(workers)}`,
    ...Object.entries(summary.roles).flatMap(([role, figures]) => [
      `  ${role} RSS peak (shared memory counted in each process): ${memory(figures.rssBytesPeak)}`,
      ...pss(role, figures),
      `  ${role} CPU: ${cpu(figures)}`,
    ]),
    `  Postgres RSS peak (shared memory counted in each process): ${memory(postgres.rssBytesPeak)}`,
    ...pss('Postgres', postgres),
    `  Postgres CPU: ${cpu(postgres)}`,
    ...(ownWork.transactions === null
      ? []
      : [
          `  orchlab's own work in the database (in none of the figures): ${ownWork.transactions} transactions, ` +
            `${fixed(ownWork.cpuSeconds, 2, 's')} CPU, ${percent(ownWork.postgresCpuRatio)} of Postgres'`,
        ]),
    `  Driver RSS peak: ${memory(driver.rssBytesPeak)}`,
    `  Driver CPU: ${cpu(driver)}`,
    ...(eventLoopDelaySeconds.max === null
      ? []
      : [`  Driver event loop delay: p99 ${seconds(eventLoopDelaySeconds.p99)}, max ${seconds(eventLoopDelaySeconds.max)}`]),
    ...(sampler.cpuSeconds === null ? [] : [`  Sampler CPU (what orchlab's measuring takes): ${cpu(sampler)}`]),
    ...(sampling.gaps
      ? [
          `  Sampling gaps: ${sampling.gaps}, the longest ${seconds(sampling.longestGapSeconds)} where ${sampling.intervalSeconds}s was asked for (peaks in them are not seen)`,
        ]
      : []),
  ];
}

function metricLines({ metrics: { figures, loop } }: Summary): string[] {
  if (figures.length === 0) return [];
  if (loop) {
    const { name, count, totalSeconds, meanSeconds, maxSeconds, parts } = loop;
    return [
      `Scheduler ${name}s (by its own account):`,
      `  ${count} ${name}s, ${seconds(totalSeconds)} in all (avg ${seconds(meanSeconds)}, max ${seconds(maxSeconds)})`,
      ...parts.map((part) => `  ${part.name}: ${seconds(part.seconds)} (${percent(part.ratio)})`),
    ];
  }
  return [
    'Scheduler Metrics (by its own account):',
    ...figures.map(
      ({ metric, count, mean, sum, max }) =>
        `  ${metric}: ${count} values, avg ${threeDigits(mean)}, max ${threeDigits(max)}, sum ${threeDigits(sum)}`,
    ),
  ];
}

const unknown = 'unknown';
const tooFew = 'unknown (too few tasks)';

function fixed(value: Nullable, digits: number, unit: string): string {
  return value === null ? unknown : `${value.toFixed(digits)}${unit}`;
}

function seconds(value: Nullable): string {
  return fixed(value, 3, 's');
}

function rate(value: Nullable): string {
  return fixed(value, 2, '');
}

function memory(bytes: Nullable): string {
  return bytes === null ? unknown : `${Math.round(bytes / 1024)} KB (${(bytes / 1e6).toFixed(1)} MB)`;
}

function percent(ratio: Nullable): string {
  return ratio === null ? unknown : `${(ratio * 100).toFixed(1)}%`;
}

function cpu(figures: Summary['scheduler']): string {
  const { cpuSeconds, cpuRatioMean, cpuRatioPeak } = figures;
  if (cpuSeconds === null) return unknown;
  return `${cpuSeconds.toFixed(2)}s (mean ${percent(cpuRatioMean)}, peak ${percent(cpuRatioPeak)} of one core)`;
}
