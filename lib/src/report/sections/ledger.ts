import { table as toTable } from 'arquero';
import type { Summary } from '../../analysis/summary.ts';
import { type Block, type Section, sentence, table } from '../document.ts';
import { valueIn } from './figure-text.ts';

/** Every submitted task as how it ended, as a sum that one can check; and executions that were too many. */
export function ledgerSection(summary: Summary): Section {
  const { tasks, runs, warmUp, tasksRead } = summary;
  const { submitted, finished, failed, cancelled, lost } = tasks;
  const backlogTasks = valueIn(summary, 'backlog.tasks');
  const title = 'Task Ledger';
  if (!tasksRead && runs.submitted > 0) {
    const words = `not known: ${runs.submitted} runs with ${submitted} tasks were submitted, and what became of them is read when the load has drained`;
    return { title, blocks: [sentence(words)] };
  }
  const unsent = runs.planned - runs.submitted;
  return {
    title,
    blocks: [
      sentence(`${submitted} submitted = ${finished} finished + ${failed} failed + ${cancelled} cancelled + ${lost} lost`),
      ...(finished + failed + cancelled + lost === submitted
        ? []
        : [sentence('That does not add up: some tasks are counted twice or not at all', 'bad')]),
      ...(warmUp.runs > 0
        ? [sentence(`${warmUp.tasks} of them were due in the warm-up (${warmUp.runs} runs): they are in no other figure`)]
        : []),
      ...(backlogTasks ? [sentence(`${backlogTasks} of them were of the backlog: they are in no figure of the load`)] : []),
      ...executions(tasks),
      ...(unsent > 0
        ? [sentence(`${unsent} of ${runs.planned} runs not submitted (${runs.rejected} rejected, ${runs.dropped} dropped)`)]
        : []),
    ],
  };
}

function executions({ duplicates, ghosts, submitted }: Summary['tasks']): readonly Block[] {
  if (duplicates === null) return submitted > 0 ? [sentence('Executions: unknown (the tasks left no evidence of them)')] : [];
  return [
    ...(duplicates ? [sentence(`Executed more than once: ${duplicates} executions too many (duplicates)`, 'bad')] : []),
    ...(ghosts ? [sentence(`Executed though never submitted: ${ghosts} executions (ghosts)`, 'bad')] : []),
  ];
}

/** The same with a table of the ends and their shares, and said also where nothing was executed twice. */
export function ledgerWithShares(summary: Summary): Section {
  const { blocks } = ledgerSection(summary);
  const { tasks, runs, tasksRead } = summary;
  const { submitted, duplicates, ghosts } = tasks;
  const allSent = runs.submitted > 0 && runs.submitted === runs.planned;
  const ends = ['finished', 'failed', 'cancelled', 'lost', 'submitted'] as const;
  const shares = toTable({
    ended: ends,
    tasks: ends.map((end) => tasks[end]),
    shareRatio: ends.map((end) => (submitted === 0 ? Number.NaN : tasks[end] / submitted)),
  });
  return {
    id: 'ledger',
    title: 'Ledger',
    blocks: [
      ...(tasksRead || runs.submitted === 0 ? [table(shares)] : []),
      ...blocks,
      ...(allSent ? [sentence(`All ${runs.submitted} runs were submitted.`, 'muted')] : []),
      ...(duplicates === 0 && !ghosts
        ? [sentence("By the tasks' own evidence none was executed twice, and none that was not submitted.", 'muted')]
        : []),
    ],
  };
}
