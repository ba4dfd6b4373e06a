import { nearRatio } from '../../analysis/ceiling-audit.ts';
import { formatFigure } from '../../analysis/figure-units.ts';
import { formatSeconds, percent, threeDigits } from '../../analysis/format-figure.ts';
import type { Summary } from '../../analysis/summary.ts';
import type { Ceiling } from '../../results/ceiling.ts';
import { type Section, sentence } from '../document.ts';

type Audited = Summary['ceilings'][number];

/** What the config itself bounds, and how near the experiment came to it; no blocks where it bounds nothing. */
export function ceilingsSection({ ceilings }: Summary): Section {
  const near = ceilings.find((ceiling) => ceiling.figure === 'throughput.tasksPerSecond' && isNear(ceiling));
  const lines = ceilings.map((ceiling) =>
    sentence([{ code: settingWords(ceiling) }, `: ${auditWords(ceiling)}`], isNear(ceiling) ? undefined : 'muted'),
  );
  return { title: 'Ceilings that the config sets', blocks: [...(near ? [sentence(nearWords(near))] : []), ...lines] };
}

/** For instance `97 % of 100 tasks/s: 20 places, each held for 2 polls of 0.1 s`. */
function auditWords({ ratio, value, figure, title, formula }: Audited): string {
  const share = ratio === null ? 'not known how much' : percent(ratio);
  return `${share} of ${valueWords({ figure, value: value ?? Number.NaN })} (${title}: ${formula})`;
}

/** The one line before an experiment: what it can't exceed. */
export function lowestCeilingWords(ceiling: Ceiling): string {
  return `Ceiling: ${valueWords(ceiling)} by ${settingWords(ceiling)} (${ceiling.title}: ${ceiling.formula})`;
}

function settingWords({ settings, title }: Pick<Ceiling, 'settings' | 'title'>): string {
  return settings[0] ?? title;
}

function valueWords({ figure, value }: Pick<Ceiling, 'figure' | 'value'>): string {
  return formatFigure(value, figure === 'throughput.runsPerSecond' ? 'runsPerSecond' : 'tasksPerSecond');
}

/** `While tasks waited, for 12 s, throughput was 97 % of what scheduler.max_concurrent_dispatches allows: 97 of 100 tasks/s.` */
function nearWords(near: Audited): string {
  const when =
    near.waitedSeconds === null ? 'Throughput is' : `While tasks waited, for ${formatSeconds(near.waitedSeconds)}, throughput was`;
  return `${when} ${percent(near.ratio ?? Number.NaN)} of what ${settingWords(near)} allows: ${threeDigits(near.measured ?? Number.NaN)} of ${valueWords({ ...near, value: near.value ?? Number.NaN })}.`;
}

function isNear({ ratio }: Audited): boolean {
  return ratio !== null && ratio >= nearRatio;
}
