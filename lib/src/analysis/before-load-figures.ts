import type { Figure } from './figures.ts';
import { type IdleFigures, idleFigures } from './idle.ts';
import { type StartBacklog, startBacklog } from './start-backlog.ts';

const idleNames: Readonly<Record<keyof IdleFigures, Pick<Figure, 'title' | 'unit'>>> = {
  transactionsPerSecond: { title: 'idle transactions', unit: 'perSecond' },
  queriesPerSecond: { title: 'idle queries', unit: 'perSecond' },
  walBytesPerSecond: { title: 'idle WAL', unit: 'bytesPerSecond' },
};

const backlogNames: Readonly<Record<string, Pick<Figure, 'title' | 'unit' | 'better'> & { readonly of: keyof StartBacklog }>> = {
  tasks: { title: 'tasks of the backlog', unit: 'count', of: 'tasks' },
  finished: { title: 'backlog tasks finished', unit: 'count', better: 'more', of: 'finished' },
  firstClaim: { title: 'time to the first claim of the backlog', unit: 'seconds', better: 'less', of: 'firstClaimSeconds' },
  drain: { title: 'time to drain the backlog', unit: 'seconds', better: 'less', of: 'drainSeconds' },
  tasksPerSecond: { title: 'throughput of the backlog', unit: 'tasksPerSecond', better: 'more', of: 'tasksPerSecond' },
  duplicates: { title: 'backlog tasks executed twice', unit: 'count', better: 'less', of: 'duplicates' },
};

/** Figures of what a config asks for before the load: ended tasks in the tables, time without work, runs that wait for the schedulers. */
export const beforeLoadFigures: readonly Figure[] = [
  {
    name: 'history.tasks',
    title: 'ended tasks before the load',
    unit: 'count',
    value: ({ manifest }) => manifest.config.history ?? Number.NaN,
  },
  ...Object.entries(idleNames).map(([name, words]): Figure => ({
    ...words,
    name: `idle.${name}`,
    better: 'less',
    value: (experiment) => idleFigures(experiment)[name as keyof IdleFigures],
  })),
  ...Object.entries(backlogNames).map(([name, { of, ...words }]): Figure => ({
    ...words,
    name: `backlog.${name}`,
    value: (experiment) => startBacklog(experiment)[of],
  })),
];
