import { faultsOf } from '../../analysis/faults-of.ts';
import type { Summary } from '../../analysis/summary.ts';
import type { Experiment } from '../../results/experiment.ts';
import { type Block, type Section, sentence, table } from '../document.ts';

const examples = 5;

/** What came of each fault, a sentence each, with the first tasks that it did harm to; nothing where there were none. */
export function faultsSection({ faults, name }: Summary): Section {
  return { title: 'Faults', blocks: faultBlocks(faults, name) };
}

/** The same with all figures. */
export function faultsWithFigures({ faults, name }: Summary, experiment: Experiment): Section {
  if (faults.length === 0) return { title: 'Faults', blocks: [] };
  const figures = faultsOf(experiment);
  return {
    title: 'Faults',
    blocks: [...faultBlocks(faults, name), table(figures.select(...figures.columnNames().filter((column) => column !== 'sentence')))],
  };
}

function faultBlocks(faults: Summary['faults'], experiment: string): readonly Block[] {
  const harmed = faults.flatMap(({ tasks }) => [...tasks.lost, ...tasks.stuck, ...tasks.executedTwice, ...tasks.failed]);
  return [
    ...faults.flatMap((fault): readonly Block[] => {
      const outcomes = Object.entries({
        lost: fault.tasks.lost,
        stuck: fault.tasks.stuck,
        'executed twice': fault.tasks.executedTwice,
        failed: fault.tasks.failed,
      }).filter(([, tasks]) => tasks.length > 0);
      const items = outcomes.map(
        ([outcome, tasks]) => `${outcome}: ${tasks.slice(0, examples).join(', ')}${tasks.length > examples ? ', …' : ''}`,
      );
      return [
        sentence(fault.sentence, harmOf(fault) > 0 ? 'bad' : 'good'),
        ...(items.length > 0 ? [{ kind: 'indented', blocks: [{ kind: 'list', items }] } as const] : []),
      ];
    }),
    ...(harmed.length > 0
      ? [sentence(['The history of a task: ', { code: `orchlab explain ${experiment} ${harmed[0] ?? ''}` }], 'muted')]
      : []),
  ];
}

function harmOf({ lost, stuck, executedTwice, failed }: Summary['faults'][number]): number {
  return [lost, stuck, executedTwice, failed].reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
