import { parseDuration } from './duration.ts';
import { type Fault, secondsOf } from './faults.ts';
import type { PerfConfigFile } from './perf-config.ts';
import { parseShare } from './threshold.ts';

/** A config that is smaller in one way. */
export interface Reduction {
  /** For instance `half of the runs`. */
  readonly what: string;
  readonly values: PerfConfigFile;
}

type Values = Omit<PerfConfigFile, 'faults'> & { readonly faults?: readonly Fault[] };

/** No fault is shorter than this: what is to notice it has to get a turn. */
const leastSeconds = 0.1;
/** A load is not shorter than this, or its fault would fall into its beginning. */
const leastLoadSeconds = 2;

/**
 * The ways in which a config can be made smaller, the largest steps first: fewer faults, each once, shorter ones; fewer schedulers; fewer tasks a run, fewer runs,
 * a shorter load, a lower rate. Some of them may be no valid config.
 */
export function reductionsOf(config: PerfConfigFile): readonly Reduction[] {
  const values = config as Values;
  return [...fewerFaults(values), ...simplerFaults(values), ...fewerSchedulers(values), ...smallerLoad(values)];
}

function fewerFaults(values: Values): Reduction[] {
  const { faults = [] } = values;
  if (faults.length < 2) return [];
  const half = Math.ceil(faults.length / 2);
  const halves =
    faults.length > 2
      ? [
          { what: 'the first half of the faults', faults: faults.slice(0, half) },
          { what: 'the second half of the faults', faults: faults.slice(half) },
        ]
      : [];
  const without = faults.map((_, index) => ({
    what: `without fault ${index + 1} of ${faults.length}`,
    faults: faults.toSpliced(index, 1),
  }));
  return [...halves, ...without].map(({ what, faults: left }) => reduced(what, values, { faults: left }));
}

function simplerFaults(values: Values): Reduction[] {
  const { faults = [] } = values;
  return faults.flatMap((fault, index) => {
    const of = faults.length === 1 ? 'the fault' : `fault ${index + 1}`;
    const replaced = (what: string, by: Fault): Reduction => reduced(what, values, { faults: faults.toSpliced(index, 1, by) });
    const { every, times: _, jitter, ...once } = fault;
    return [
      ...(every === undefined ? [] : [replaced(`${of} once`, once)]),
      ...(jitter === undefined ? [] : [replaced(`${of} without jitter`, { ...fault, jitter: undefined })]),
      ...('for' in fault && secondsOf(fault.for) / 2 >= leastSeconds
        ? [replaced(`${of} half as long`, { ...fault, for: secondsOf(fault.for) / 2 })]
        : []),
    ];
  });
}

function fewerSchedulers(values: Values): Reduction[] {
  const { processes = 1 } = values.scheduler ?? {};
  return processes > 1 ? [reduced('one scheduler', values, { scheduler: { ...values.scheduler, processes: 1 } })] : [];
}

function smallerLoad(values: Values): Reduction[] {
  const { load_seconds: length, tasks_per_workflow: tasks, arrival } = values;
  const seconds = typeof length === 'string' ? parseDuration(length) : length;
  const rate =
    typeof arrival === 'object' ? (Object.entries(arrival).find(([key]) => ['constant', 'poisson', 'closed'].includes(key)) ?? []) : [];
  const [kind, perSecond] = rate;
  return [
    ...(tasks > 1 ? [reduced('one task a run', values, { tasks_per_workflow: 1 })] : []),
    ...(tasks > 3 ? [reduced('half of the tasks a run', values, { tasks_per_workflow: Math.ceil(tasks / 2) })] : []),
    ...fewerRuns(values),
    ...fewerWorkflows(values),
    ...(seconds !== undefined && seconds / 2 >= leastLoadSeconds
      ? [reduced('half of the length', values, { load_seconds: seconds / 2, ...earlierFaults(values) })]
      : []),
    ...(kind !== undefined && typeof perSecond === 'number' && perSecond > 1
      ? [
          reduced(kind === 'closed' ? 'half of the runs in flight' : 'half of the rate', values, {
            arrival: { ...(arrival as object), [kind]: kind === 'closed' ? Math.ceil(perSecond / 2) : perSecond / 2 } as never,
          }),
        ]
      : []),
  ];
}

function fewerRuns(values: Values): Reduction[] {
  const { workflows } = values;
  return typeof workflows === 'number' && workflows > 1
    ? [reduced('half of the runs', values, { workflows: Math.ceil(workflows / 2) })]
    : [];
}

function fewerWorkflows(values: Values): Reduction[] {
  const { workflows } = values;
  if (typeof workflows !== 'object') return [];
  const without =
    workflows.length < 2
      ? []
      : workflows.map(({ name }, index) => reduced(`without the workflow ${name}`, values, { workflows: workflows.toSpliced(index, 1) }));
  const halves = workflows.flatMap((workflow, index) => {
    const { runs = 1, name } = workflow;
    if (runs < 2) return [];
    const half = { ...workflow, runs: Math.ceil(runs / 2) };
    return [reduced(`half of the runs of ${name}`, values, { workflows: workflows.with(index, half) })];
  });
  return [...without, ...halves];
}

/** In half of the length a fault is to come at half of its time; a share of the load is one of any load. */
function earlierFaults({ faults }: Values): Partial<Values> {
  if (!faults) return {};
  return {
    faults: faults.map((fault) =>
      typeof fault.at === 'string' && parseShare(fault.at) !== undefined ? fault : { ...fault, at: secondsOf(fault.at) / 2 },
    ),
  };
}

function reduced(what: string, values: Values, changes: Partial<Values>): Reduction {
  return { what, values: withoutUndefined({ ...values, ...changes }) as PerfConfigFile };
}

function withoutUndefined(values: unknown): unknown {
  return JSON.parse(JSON.stringify(values));
}
