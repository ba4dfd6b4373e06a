import type { SettingValue } from '../results/series-record.ts';
import type { Series } from '../results/series.ts';
import { settingWords } from '../results/setting-names.ts';
import { type ScalingPoint, type UniversalScalability, universalScalability } from '../statistics/universal-scalability.ts';
import { summaryOf } from './saved-summary.ts';
import { type Combination, combinationsOf, settingsOf } from './sweep-combinations.ts';

/** What settings are a size of: what does the work is as many times there. */
const sizes: Readonly<Record<string, string>> = {
  'scheduler.max_concurrent_dispatches': 'place',
  'scheduler.processes': 'scheduler',
};

/** How throughput grows with the places or the schedulers, all other settings the same. */
export interface Scaling {
  /** The setting that is the size, by its dotted name. */
  readonly setting: string;
  /** What one of it is, for instance `place`. */
  readonly unit: string;
  /** The other settings. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** Those in words; empty where there are none. */
  readonly label: string;
  /** Of the experiments that the engine or what it runs on limited. */
  readonly points: readonly ScalingPoint[];
  /** Experiments left out: their runs came too slowly to show what the engine can do. */
  readonly leftOut: number;
  /** Undefined where the points don't carry it: it takes four experiments of three sizes. */
  readonly law: UniversalScalability | undefined;
}

/**
 * The Universal Scalability Law (see `universalScalability`) for each setting of a series that is a number of places or schedulers, and each
 * combination of the others. None for a series without such a setting, or with only one value of it.
 *
 * Experiments that the driver or the schedule of their runs limited say nothing of what more places would do, and are left out. The intervals'
 * resamples follow from the seed of the series.
 */
export function scalingOf(series: Series): readonly Scaling[] {
  const combinations = combinationsOf(series);
  const settings = settingsOf(combinations);
  return Object.entries(sizes).flatMap(([setting, unit]) => {
    const values = settings.get(setting) ?? [];
    if (values.length < 2 || !values.every((value) => typeof value === 'number')) return [];
    return groupsWithout(combinations, setting).map(({ others, members }): Scaling => {
      const all = members.flatMap(({ done, settings: { [setting]: size } }) =>
        done.map((experiment) => ({ size: Number(size), summary: summaryOf(experiment) })),
      );
      const known = all.filter(({ summary }) => (summary.figures['throughput.tasksPerSecond'] ?? 0) > 0);
      const limited = known.filter(({ summary }) => !['nothing', 'driver'].includes(summary.verdict.limitedBy));
      const points = limited.map(({ size, summary }) => ({ size, throughput: summary.figures['throughput.tasksPerSecond']! }));
      return {
        setting,
        unit,
        settings: others,
        label: settingWords(others),
        points,
        leftOut: all.length - points.length,
        law: universalScalability(points, { seed: series.record.seed }),
      };
    });
  });
}

function groupsWithout(
  combinations: readonly Combination[],
  setting: string,
): readonly { readonly others: Readonly<Record<string, SettingValue>>; readonly members: readonly Combination[] }[] {
  const groups = new Map<string, { readonly others: Readonly<Record<string, SettingValue>>; readonly members: Combination[] }>();
  for (const combination of combinations) {
    const { [setting]: _size, ...others } = combination.settings;
    const key = JSON.stringify(others);
    const group = groups.get(key) ?? { others, members: [] };
    group.members.push(combination);
    groups.set(key, group);
  }
  return [...groups.values()];
}
