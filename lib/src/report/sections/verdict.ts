import { formatFigure } from '../../analysis/figure-units.ts';
import { formatSeconds, threeDigits } from '../../analysis/format-figure.ts';
import type { Summary } from '../../analysis/summary.ts';
import { waitWords } from '../../analysis/wait-meanings.ts';
import type { Verdict } from '../../analysis/verdict.ts';
import { type Block, type Section, facts, sentence } from '../document.ts';
import { regimeBlocks } from './regimes.ts';

/** What limited an experiment, as it stands wherever it is said: the sentence, and what makes it less certain. */
export type Finding = Pick<Verdict, 'sentence' | 'notes'>;

/** The verdict and its notes; `reason` and `warnings` follow as far as these have not said them already. */
export function findingBlocks(
  { sentence: words, notes }: Finding,
  { reason, warnings = [] }: { readonly reason?: string; readonly warnings?: readonly string[] } = {},
): readonly Block[] {
  return [
    sentence(words),
    ...notes.map((text): Block => ({ kind: 'note', label: 'note', text })),
    ...(reason === undefined || words.includes(reason) ? [] : [{ kind: 'note', label: 'reason', text: reason } as const]),
    ...unsaid(notes, warnings).map((text): Block => ({ kind: 'note', label: 'warning', text })),
  ];
}

/** The warnings that no note has said already. */
export function unsaid(notes: readonly string[], warnings: readonly string[]): readonly string[] {
  return warnings.filter((warning) => !notes.includes(warning));
}

export function verdictSection(summary: Summary): Section {
  const { verdict, steady } = summary;
  return {
    title: 'Verdict',
    blocks: [...findingBlocks(verdict), ...regimeBlocks(summary), facts({ 'Steady state': steadyWords(steady) })],
  };
}

/** The same with how the steady part was found, and the numbers that the verdict rests on. */
export function verdictWithEvidence(summary: Summary): Section {
  const { verdict, steady } = summary;
  return {
    title: 'Verdict',
    blocks: [
      ...findingBlocks(verdict),
      { kind: 'heading', text: 'Steady state' },
      sentence(steadyWords(steady)),
      ...(steady.found ? [sentence(`Found by ${steady.method}: ${steady.reason}.`, 'muted')] : []),
      { kind: 'heading', text: 'Evidence' },
      facts(evidenceFacts(verdict.evidence)),
    ],
  };
}

/** For instance `3.2 s to 30 s (134 windows of 0.2 s): 49.9 tasks/s, response time p50 112 ms, p99 187 ms`. */
function steadyWords(steady: Summary['steady']): string {
  if (!steady.found) return `none: ${steady.reason}`;
  const { fromSeconds, toSeconds, windows, windowSeconds, responseSeconds } = steady;
  const seconds = (value: number | null): string => formatSeconds(value ?? Number.NaN);
  const rate = steady.tasksPerSecond === null ? '–' : threeDigits(steady.tasksPerSecond);
  // The first run may be due a fraction of a millisecond before the load is said to begin.
  return `${threeDigits(Math.max(0, fromSeconds ?? Number.NaN))} s to ${threeDigits(toSeconds ?? Number.NaN)} s (${windows} windows of ${threeDigits(windowSeconds ?? Number.NaN)} s): ${rate} tasks/s, response time p50 ${seconds(responseSeconds.p50)}, p99 ${seconds(responseSeconds.p99)}`;
}

/** What is not known is left out. */
function evidenceFacts(evidence: Summary['verdict']['evidence']): Readonly<Record<string, string | undefined>> {
  const known = (value: number | null, format: (known: number) => string): string | undefined =>
    value === null ? undefined : format(value);
  const percent = (ratio: number): string => formatFigure(ratio, 'ratio');
  const ofACore = (ratio: number): string => `${percent(ratio)} of a core`;
  const onAverage = (mean: number): string => `${threeDigits(mean)} on average`;
  const rate = (perSecond: number): string => `${threeDigits(Math.round(perSecond * 100) / 100)} tasks/s`;
  const seconds = (value: number | null): string => `${threeDigits(Math.round((value ?? Number.NaN) * 1000) / 1000)} s`;
  const { places, placesBy, submissionsAllowed, hostCores, databaseWaitEvent } = evidence;
  return {
    'span judged': `${seconds(evidence.fromSeconds)} to ${seconds(evidence.toSeconds)} since the first submission (${evidence.arrival})`,
    offered: known(evidence.offeredTasksPerSecond, rate),
    done: known(evidence.doneTasksPerSecond, rate),
    'growth of the backlog': known(evidence.backlogGrowthPerSecond, rate),
    [evidence.scheduleLagIsMax ? 'schedule lag at most' : 'schedule lag p99']: known(evidence.scheduleLagP99Seconds, formatSeconds),
    'accepting a run p50': known(evidence.submissionP50Seconds, formatSeconds),
    'submissions under way': known(evidence.submissionsUnderWay, (mean) => `${threeDigits(mean)} of ${submissionsAllowed} on average`),
    'tasks waiting': known(evidence.waitingTasks, onAverage),
    ...(places === null
      ? { 'tasks in work': known(evidence.tasksInPlace, onAverage) }
      : { 'places taken': known(evidence.tasksInPlace, (mean) => `${threeDigits(mean)} of ${places} (${placesBy}) on average`) }),
    'ceiling of its settings': known(
      evidence.ceilingTasksPerSecond,
      (value) => `${rate(value)} by ${evidence.ceilingSetting} (${evidence.ceilingFormula})`,
    ),
    'scheduler CPU': known(evidence.schedulerCpuRatio, (ratio) => `${ofACore(ratio)} each`),
    'workers CPU': known(evidence.workersCpuRatio, ofACore),
    'Postgres CPU': known(evidence.postgresCpuRatio, ofACore),
    'driver CPU': known(evidence.driverCpuRatio, ofACore),
    'host CPU': known(evidence.hostBusyRatio, (ratio) => `${percent(ratio)} of ${hostCores} cores busy`),
    'of that other programs': known(evidence.hostOtherRatio, (ratio) => `${percent(ratio)} of all cores`),
    'taken by the hypervisor': known(evidence.hostStealRatio, percent),
    'connections waiting in Postgres': known(
      evidence.databaseWaitRatio,
      (ratio) => `${percent(ratio)} of those active${databaseWaitEvent === '' ? '' : `, mostly for ${waitWords(databaseWaitEvent)}`}`,
    ),
  };
}
