import { table as asTable } from 'arquero';
import { stringify } from 'yaml';
import { plannedRuns } from '../../config/arrival.ts';
import { describeFault } from '../../config/faults.ts';
import { isMixed } from '../../config/mixed.ts';
import type { PerfConfig } from '../../config/perf-config.ts';
import { plural, threeDigits } from '../../analysis/format-figure.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import { type ShrinkState, configFileOf, shrinkOf } from '../../analysis/shrink.ts';
import { frameOf } from '../../analysis/frame.ts';
import type { Series } from '../../results/series.ts';
import { type Section, sentence, table } from '../document.ts';
import { loadWords } from './configuration.ts';

/** The smallest config that shows it, and the tries that led there. */
export function shrinkSections(series: Series): readonly Section[] {
  if (series.experiments.length === 0) return [];
  const state = shrinkOf(series);
  const tried = series.steps.filter(({ experiment }) => experiment !== undefined);
  const accounts = tried.map(({ experiment }) => (experiment ? ledgerOf(experiment) : undefined));
  return [
    { blocks: [sentence(`${shrinkFinding(state)}.`)] },
    ...(state.smallest
      ? [{ title: 'Smallest config', blocks: [{ kind: 'preformatted', text: smallestYaml(series, state.smallest).trimEnd() } as const] }]
      : []),
    {
      title: 'Tries',
      blocks: [
        table(
          asTable({
            try: tried.map(({ label, round }) => (round > 1 ? `${label} (again)` : label)),
            runs: tried.map(({ experiment }) => (experiment ? frameOf(experiment).runs.count : Number.NaN)),
            tasks: accounts.map((account) => account?.submitted ?? Number.NaN),
            faults: tried.map(({ experiment }) => experiment?.manifest.config.faults?.length ?? 0),
            lost: accounts.map((account) => account?.lost ?? Number.NaN),
            duplicates: accounts.map((account) => account?.duplicates ?? Number.NaN),
          }),
          Number.POSITIVE_INFINITY,
        ),
      ],
    },
  ];
}

/** In a sentence without its full stop. */
function shrinkFinding({ symptoms, smallest, ended }: ShrinkState): string {
  if (!smallest)
    return ended === 'searching' ? 'Nothing was shown so far' : 'No task was lost or executed twice: there is nothing to make smaller';
  const what = symptoms.map((symptom) => (symptom === 'lost' ? 'a lost task' : 'a duplicate')).join(' or ');
  const why = { searching: 'so far', smallest: 'nothing smaller does', 'too many probes': 'no more was tried', 'never shown': '' }[ended];
  return `${what.charAt(0).toUpperCase()}${what.slice(1)} is still shown by ${loadWords(smallest)}, with ${(smallest.faults ?? []).map(describeFault).join('; ')}: ${why}`;
}

/** The file that goes to a maintainer: the config, and what it shows. */
export function smallestYaml({ name, record }: Pick<Series, 'name' | 'record'>, config: PerfConfig): string {
  const runs = plannedRuns(config);
  const size = Number.isNaN(runs) ? `runs for ${threeDigits(config.load_seconds ?? Number.NaN)} s` : plural(runs, 'run');
  return [
    `# The smallest load and faults with which a task was still lost, left stuck or executed twice: ${isMixed(config) ? 'several workflows' : `${size} of ${plural(config.tasks_per_workflow, 'task')}`}.`,
    `# Found by orchlab ${record.orchlab} (shrink ${name}). To see it: npx orchlab run <this file>`,
    stringify(configFileOf(config)),
  ].join('\n');
}
