import { plural, threeDigits } from '../../analysis/format-figure.ts';
import type { Experiment } from '../../results/experiment.ts';
import type { ClockComparison, HostDescription } from '../../results/manifest.ts';
import type { Places, TaskTime, TaskTimes } from '../../results/target-profile.ts';
import { type Section, facts } from '../document.ts';

/** What the experiment ran on and with. */
export function environmentSection({ manifest }: Experiment): Section {
  const { target, database, host, versions, times, gitCommit, targetCommit, label, clock } = manifest;
  const list = (values: Readonly<Record<string, unknown>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', ');
  const at = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString().replace('T', ' '));
  const values = {
    target: `${target.name} ${target.version}`,
    'target options': list(target.options),
    'places for tasks': placesWords(target.places),
    ...timesFacts(target.times),
    database: `Postgres ${database.version}, ${database.kind}`,
    'database settings': list(database.settings),
    host: `${host.platform}, kernel ${host.kernel}`,
    CPU: `${host.cpuModel}, ${plural(host.cores, 'core')}${usable(host)}`,
    memory: `${threeDigits(host.memoryBytes / 1e9)} GB${host.memoryLimitBytes === undefined ? '' : `, of which the container may use ${threeDigits(host.memoryLimitBytes / 1e9)} GB`}`,
    'clocks, database less driver': clock ? clockDifference(clock) : undefined,
    'load average at the start': host.loadAverage.map((load) => threeDigits(load)).join(', '),
    versions: list(versions),
    label,
    'commit of the target': targetCommit,
    'commit of the workspace': gitCommit,
    started: at(times.startedMs),
    ended: at(times.endedMs),
  };
  return { title: 'Environment', blocks: [facts(values)] };
}

function placesWords(places: Places): string {
  if (places.kind === 'bounded') return `${places.count} (${places.by})`;
  return places.kind === 'unbounded' ? 'as many as there are tasks: nothing bounds them' : 'not known: the target does not say';
}

/** What the four times of a task are in the engine, a fact each. */
function timesFacts(times: TaskTimes): Readonly<Record<string, string>> {
  const words = ({ moment, source, clock }: TaskTime): string =>
    moment === 'unknown' ? '' : `${source === '' ? moment : `${source}, ${moment}`} (clock of the ${clock})`;
  return Object.fromEntries(
    Object.entries(times).map(([name, moment]: readonly [string, TaskTime]) => [`a task is ${name}`, words(moment)]),
  );
}

function usable({ cores, usableCores = cores, cpuQuotaCores }: HostDescription): string {
  if (usableCores === cores) return '';
  return `, of which ${threeDigits(usableCores)} may be used (${cpuQuotaCores === usableCores ? "the container's quota" : 'affinity'})`;
}

function clockDifference({ skewMsStart, skewMsEnd, uncertaintyMs, corrected }: ClockComparison): string {
  const skews = [
    ...(skewMsStart === null ? [] : [`${threeDigits(skewMsStart)} ms at the start`]),
    ...(skewMsEnd === null ? [] : [`${threeDigits(skewMsEnd)} ms at the end`]),
  ];
  return `${skews.join(', ')}, to within ${threeDigits(uncertaintyMs)} ms${corrected ? '; task times corrected' : ''}`;
}
