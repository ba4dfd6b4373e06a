import { formatSeconds, threeDigits } from '../analysis/format-figure.ts';
import type { Summary } from '../analysis/summary.ts';
import { factsTable, safeText } from './report-figures.ts';
import { verdictParagraphHtml } from './verdict-paragraph.ts';

/** What limited the experiment, with its evidence and what makes it uncertain, and the figures of its steady part. */
export function verdictSection({ verdict, steady }: Summary): string {
  return [
    verdictParagraphHtml(verdict),
    '<h3>Steady state</h3>',
    `<p>${safeText(describeSteady(steady))}</p>`,
    steady.found ? `<p class="muted">${safeText(`Found by ${steady.method}: ${steady.reason}.`)}</p>` : '',
    '<h3>Evidence</h3>',
    factsTable(evidenceFacts(verdict.evidence)),
  ].join('');
}

/** For instance `3.2 s to 30 s (134 windows of 0.2 s): 49.9 tasks/s, response time p50 112 ms, p99 187 ms`. */
export function describeSteady(steady: Summary['steady']): string {
  if (!steady.found) return `none: ${steady.reason}`;
  const { fromSeconds, toSeconds, windows, windowSeconds, responseSeconds } = steady;
  const seconds = (value: number | null): string => formatSeconds(value ?? Number.NaN);
  const rate = steady.tasksPerSecond === null ? '–' : threeDigits(steady.tasksPerSecond);
  return `${threeDigits(fromSeconds ?? Number.NaN)} s to ${threeDigits(toSeconds ?? Number.NaN)} s (${windows} windows of ${threeDigits(windowSeconds ?? Number.NaN)} s): ${rate} tasks/s, response time p50 ${seconds(responseSeconds.p50)}, p99 ${seconds(responseSeconds.p99)}`;
}

/** What is not known is left out. */
function evidenceFacts(evidence: Summary['verdict']['evidence']): Readonly<Record<string, string>> {
  const facts: Record<string, string> = {};
  const add = (name: string, value: number | null, format: (known: number) => string): void => {
    if (value !== null) facts[name] = format(value);
  };
  const percent = (ratio: number): string => `${threeDigits(100 * ratio)} %`;
  const ofACore = (ratio: number): string => `${percent(ratio)} of a core`;
  const rate = (perSecond: number): string => `${threeDigits(Math.round(perSecond * 100) / 100)} tasks/s`;
  const seconds = (value: number | null): string => `${threeDigits(Math.round((value ?? Number.NaN) * 1000) / 1000)} s`;
  facts['span judged'] =
    `${seconds(evidence.fromSeconds)} to ${seconds(evidence.toSeconds)} since the first submission (${evidence.arrival})`;
  add('offered', evidence.offeredTasksPerSecond, rate);
  add('done', evidence.doneTasksPerSecond, rate);
  add('growth of the backlog', evidence.backlogGrowthPerSecond, rate);
  add(evidence.scheduleLagIsMax ? 'schedule lag at most' : 'schedule lag p99', evidence.scheduleLagP99Seconds, formatSeconds);
  add('accepting a run p50', evidence.submissionP50Seconds, formatSeconds);
  add('submissions under way', evidence.submissionsUnderWay, (mean) => `${threeDigits(mean)} of ${evidence.submissionsAllowed} on average`);
  add('tasks waiting', evidence.waitingTasks, (mean) => `${threeDigits(mean)} on average`);
  if (evidence.places === null) add('tasks in work', evidence.tasksInPlace, (mean) => `${threeDigits(mean)} on average`);
  else add('places taken', evidence.tasksInPlace, (mean) => `${threeDigits(mean)} of ${evidence.places} (${evidence.placesBy}) on average`);
  add('scheduler CPU', evidence.schedulerCpuRatio, (ratio) => `${ofACore(ratio)} each`);
  add('workers CPU', evidence.workersCpuRatio, ofACore);
  add('Postgres CPU', evidence.postgresCpuRatio, ofACore);
  add('driver CPU', evidence.driverCpuRatio, ofACore);
  add('host CPU', evidence.hostBusyRatio, (ratio) => `${percent(ratio)} of ${evidence.hostCores} cores busy`);
  add('of that other programs', evidence.hostOtherRatio, (ratio) => `${percent(ratio)} of all cores`);
  add('taken by the hypervisor', evidence.hostStealRatio, percent);
  add(
    'connections waiting in Postgres',
    evidence.databaseWaitRatio,
    (ratio) => `${percent(ratio)} of those active${evidence.databaseWaitEvent === '' ? '' : `, mostly for ${evidence.databaseWaitEvent}`}`,
  );
  return facts;
}
