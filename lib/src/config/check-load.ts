import { longestTimerSeconds } from '../timing/clock.ts';
import { type LoadSize, type WorkflowSize, expectedRuns, plannedSeconds, sizesOf } from './arrival.ts';

/** What is wrong with a config though each of its values is right by itself. */
export interface Contradiction {
  readonly path: readonly string[];
  readonly expected: string;
  readonly got: unknown;
}

interface LoadConfig extends LoadSize {
  /** Default: longer than the load. */
  readonly timeout?: number | undefined;
  readonly warm_up_seconds: number;
  readonly max_in_flight?: number | undefined;
  readonly tasks_per_workflow: number;
  readonly backlog?: number | undefined;
  readonly idle?: number | undefined;
}

/** How large a load may be. */
interface LoadBounds {
  readonly runs: number;
  readonly tasks: number;
}

/** Finds what does not go together in the keys that make the load; their values may be out of range, which is reported elsewhere. */
export function checkLoad(config: LoadConfig, bounds: LoadBounds): Contradiction[] {
  // Each check needs that the one before found nothing: without a size or a rate there is no length.
  for (const check of [checkSize, checkRates, checkBacklog, checkLength, (size: LoadConfig) => checkBounds(size, bounds)]) {
    const found = check(config);
    if (found.length > 0) return found;
  }
  return [];
}

/** Of several workflows what is wrong with each is said by its own keys. */
function checkSize(config: LoadConfig): Contradiction[] {
  const { workflows } = config;
  if (typeof workflows !== 'object') return checkOneSize({ ...config, workflows });
  return sizesOf(config).flatMap((size, index) => {
    const ofThis = (key: string): string[] => ['workflows', String(index), key];
    if (size.arrival !== 'burst' && 'closed' in size.arrival)
      return [
        {
          path: workflows[index]?.arrival === undefined ? ['arrival'] : ofThis('arrival'),
          expected: 'an open arrival: whose runs have ended is not told by workflow, and a closed loop sends as its own do',
          got: size.arrival,
        },
      ];
    return checkOneSize(size).map(({ path: [key = ''], expected, got }) =>
      key === 'workflows'
        ? { path: ofThis('runs'), expected: got === undefined ? 'a number of runs, or load_seconds here or in the config' : expected, got }
        : { path: ofThis(key), expected: expected.replace('workflows', 'runs'), got },
    );
  });
}

function checkOneSize({ arrival, workflows, load_seconds }: WorkflowSize): Contradiction[] {
  if (arrival !== 'burst' && 'steps' in arrival) {
    const expected = 'nothing here: arrival.steps say how long the load is';
    return [
      ...(workflows === undefined ? [] : [{ path: ['workflows'], expected, got: workflows }]),
      ...(load_seconds === undefined ? [] : [{ path: ['load_seconds'], expected, got: load_seconds }]),
    ];
  }
  if (arrival === 'burst' && load_seconds !== undefined)
    return [
      {
        path: ['load_seconds'],
        expected: 'workflows in its place, or another arrival, for instance { closed: 20 }: a burst has no length',
        got: load_seconds,
      },
    ];
  if (workflows === undefined && load_seconds === undefined)
    return [{ path: ['workflows'], expected: 'a number of runs, or load_seconds in its place', got: undefined }];
  if (workflows !== undefined && load_seconds !== undefined)
    return [{ path: ['load_seconds'], expected: 'either workflows or load_seconds, not both', got: load_seconds }];
  return [];
}

function checkRates(config: LoadConfig): Contradiction[] {
  const { workflows, max_in_flight } = config;
  if (typeof workflows !== 'object') return checkOneRate(config.arrival, max_in_flight);
  return sizesOf(config).flatMap(({ arrival }, index) =>
    checkOneRate(arrival, undefined).map((problem) =>
      workflows[index]?.arrival === undefined ? problem : { ...problem, path: ['workflows', String(index), ...problem.path] },
    ),
  );
}

function checkOneRate(arrival: WorkflowSize['arrival'], max_in_flight: number | undefined): Contradiction[] {
  if (arrival === 'burst') return [];
  if ('ramp' in arrival && arrival.ramp.every((rate) => rate === 0))
    return [{ path: ['arrival', 'ramp'], expected: 'a rate above 0 at one end at least', got: arrival.ramp }];
  if ('steps' in arrival && arrival.steps.length > 0 && arrival.steps.every(({ rate }) => rate === 0))
    return [{ path: ['arrival', 'steps'], expected: 'a rate above 0 in one step at least', got: arrival.steps }];
  if ('closed' in arrival && max_in_flight !== undefined)
    return [{ path: ['max_in_flight'], expected: 'nothing here: arrival.closed says how many runs are in flight', got: max_in_flight }];
  return [];
}

function checkBacklog({ arrival, max_in_flight, backlog, idle }: LoadConfig): Contradiction[] {
  if (backlog === undefined) return [];
  const nothing = (why: string) => `nothing here: ${why}`;
  return [
    ...(idle === undefined ? [] : [{ path: ['idle'], expected: nothing('with a backlog the schedulers are not idle'), got: idle }]),
    // Which runs have ended is known by their number alone, and those of the backlog are among them.
    ...(max_in_flight === undefined && (arrival === 'burst' || !('closed' in arrival))
      ? []
      : [{ path: ['backlog'], expected: nothing('what ends of it would be taken for runs in flight that ended'), got: backlog }]),
  ];
}

function checkLength(config: LoadConfig): Contradiction[] {
  const seconds = plannedSeconds(config);
  // A rate that is itself reported as wrong.
  if (seconds === Number.POSITIVE_INFINITY) return [];
  return [
    ...((config.timeout ?? longestTimerSeconds) <= seconds
      ? [{ path: ['timeout'], expected: `a number above ${seconds}, the seconds that the load lasts`, got: config.timeout }]
      : []),
    ...(config.warm_up_seconds > 0 && config.warm_up_seconds >= seconds
      ? [
          {
            path: ['warm_up_seconds'],
            expected:
              config.arrival === 'burst'
                ? 'nothing here, or another arrival: a burst has no first seconds'
                : `a number below ${seconds}, the seconds that the load lasts`,
            got: config.warm_up_seconds,
          },
        ]
      : []),
  ];
}

/** Runs that the rates make, where they are not given as a number, and the tasks of all runs. */
function checkBounds(config: LoadConfig, bounds: LoadBounds): Contradiction[] {
  const { workflows, tasks_per_workflow: tasksPerRun } = config;
  const listed = typeof workflows === 'object' ? workflows : undefined;
  const sizes = sizesOf(config);
  const runs = sizes.reduce((sum, size) => sum + expectedRuns(size), 0);
  // A number of runs has its own bound.
  if ((workflows === undefined || listed) && runs > bounds.runs)
    return [
      {
        path: listed ? ['workflows'] : ['arrival'],
        expected: `a load of at most ${bounds.runs} runs`,
        got: `about ${Math.round(runs)} runs`,
      },
    ];
  const allRuns = runs + (config.backlog ?? 0);
  const tasks = listed
    ? sizes.reduce((sum, size, index) => sum + expectedRuns(size) * (listed[index]?.tasks ?? tasksPerRun), 0)
    : allRuns * tasksPerRun;
  if (tasks > bounds.tasks)
    return [
      {
        path: listed ? ['workflows'] : ['tasks_per_workflow'],
        expected: `at most ${bounds.tasks} tasks in all`,
        got: listed ? `about ${Math.round(tasks)}` : `${tasksPerRun} in each of ${Math.round(allRuns)} runs`,
      },
    ];
  return [];
}
