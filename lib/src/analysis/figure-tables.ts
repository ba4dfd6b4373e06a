import type { RowOf, TableDeclaration } from '../results/tables.ts';
import type { TypedTable } from '../results/typed-table.ts';

const quantileColumns = {
  phase: ['utf8', 'submission | wait | dispatch | execution | latency | response time.'],
  count: ['float64', 'Tasks of which both times are known.'],
  avgSeconds: ['float64', 'Arithmetic mean.'],
  minSeconds: ['float64', 'The shortest.'],
  p50Seconds: ['float64', 'Median: half of the tasks took no longer.'],
  p90Seconds: ['float64', '90 % of the tasks took no longer; NaN where there are too few tasks to say.'],
  p99Seconds: ['float64', '99 % of the tasks took no longer; NaN where there are too few tasks to say.'],
  p999Seconds: ['float64', '99.9 % of the tasks took no longer; NaN where there are too few tasks to say.'],
  maxSeconds: ['float64', 'The longest.'],
} as const;

const roleColumn = ['utf8', "scheduler | workers | a further role of the target's | postgres | own-backends | driver | sampler."] as const;
const secondsColumn = ['float64', 'Since the first submission that counts; negative before it.'] as const;

/** The tables that functions of the library return, by the function's name. */
export const figureTables = {
  latencyOf: { rows: 'How long finished tasks took, one row a phase; runs of the warm-up are left out.', columns: quantileColumns },
  latencyQuantiles: {
    rows: 'The same over a span of time or several experiments, from merged histograms: within 0.1 % or 1 µs of the exact figures.',
    columns: quantileColumns,
  },
  latencyOverTime: {
    rows: 'How long finished tasks took, one row a window of time.',
    columns: {
      startSeconds: ['float64', 'When the window begins, since the first submission that counts.'],
      endSeconds: ['float64', 'When it ends; the last one where the experiment did.'],
      count: ['float64', 'Tasks of which both times are known and that count in it.'],
      p50Seconds: quantileColumns.p50Seconds,
      p90Seconds: quantileColumns.p90Seconds,
      p99Seconds: quantileColumns.p99Seconds,
      maxSeconds: quantileColumns.maxSeconds,
    },
  },
  workflowTable: {
    rows: 'What came of each of several workflows, one row each, and of all together in the last one.',
    columns: {
      workflow: ['utf8', 'Its name in the config; together: all of them.'],
      priority: ['float64', 'A higher one goes first.'],
      tasksPerRun: ['float64', 'Tasks of each of its runs; together: on average.'],
      submitted: ['float64', 'Tasks of its runs that the engine accepted.'],
      finished: ['float64', 'Those that finished.'],
      lost: ['float64', 'Those that never ended.'],
      responseP50Seconds: ['float64', 'From when its run was due to finished: half of its tasks took no longer.'],
      responseP99Seconds: ['float64', 'The same: 99 % took no longer; NaN where there are too few to say.'],
      waitP99Seconds: ['float64', 'From created to dispatched: 99 % waited no longer.'],
      tasksPerSecond: ['float64', 'Its tasks that finished, over the duration of the experiment: they add up.'],
      runningMost: ['float64', 'Its tasks that ran at once, at most.'],
      concurrencyBreachSeconds: ['float64', 'How long more of them ran than limits.concurrency allows; NaN without.'],
      rateBreachSeconds: ['float64', 'How long more of them had begun in the time before than limits.rate allows; NaN without.'],
    },
  },
  taskPhases: {
    rows: 'How long each finished task was in each phase, one row a task; runs of the warm-up are left out.',
    columns: {
      runIndex: ['int32', 'Index of the run in the schedule, from 0.'],
      taskIndex: ['int32', 'Which of the tasks of its run, from 0.'],
      dueSeconds: ['float64', 'When its run was due, since the first submission that counts.'],
      createdSeconds: ['float64', 'When the engine had the task, since the first submission that counts.'],
      finishedSeconds: ['float64', 'When it ended, since the first submission that counts.'],
      submissionSeconds: ['float64', 'From when its run was due (in a closed loop: sent) to created.'],
      waitSeconds: ['float64', 'From created to dispatched.'],
      dispatchSeconds: ['float64', 'From dispatched to started.'],
      executionSeconds: ['float64', 'From started to finished.'],
      latencySeconds: ['float64', 'From created to finished.'],
      responseSeconds: ['float64', 'From when its run was due (in a closed loop: sent) to finished.'],
    },
  },
  scheduleLagOf: {
    rows: 'How late the driver was, one row a run that was to be submitted after the warm-up.',
    columns: {
      runIndex: ['int32', 'Index of the run in the schedule, from 0.'],
      dueSeconds: ['float64', 'When the schedule wanted it submitted, since the first submission that counts.'],
      sentSeconds: ['float64', 'When it was submitted, since the first submission that counts; NaN: never.'],
      lagSeconds: ['float64', 'Sent less due.'],
    },
  },
  bystanderOf: {
    rows: 'How the bystander fared, one row a stretch of the experiment; none without a bystander.',
    columns: {
      stretch: ['utf8', 'alone (nothing of the engine ran) | idle (its schedulers had no work) | load (to the end of the last task).'],
      transactions: ['float64', 'Transactions of the bystander that were due in it.'],
      failed: ['float64', 'Those that failed, or had no answer.'],
      perSecond: ['float64', 'Transactions a second.'],
      avgSeconds: ['float64', 'Response time, due to committed: arithmetic mean.'],
      p50Seconds: ['float64', 'Median.'],
      p90Seconds: ['float64', '90 % of the transactions took no longer; NaN where there are too few to say.'],
      p99Seconds: ['float64', '99 % of the transactions took no longer; NaN where there are too few to say.'],
      maxSeconds: ['float64', 'The longest.'],
    },
  },
  throughputOf: {
    rows: 'Submitted runs and finished tasks, one row a window of time.',
    columns: {
      startSeconds: ['float64', 'When the window begins, since the first submission that counts.'],
      endSeconds: ['float64', 'When it ends; the last one where the experiment did.'],
      submittedRuns: ['int32', 'Runs that were sent in it.'],
      finishedTasks: ['int32', 'Tasks that finished in it.'],
      tasksPerSecond: ['float64', 'Those over the time that the window covers.'],
      whole: ['bool', 'False for a window that the end of the experiment cut short.'],
    },
  },
  makespansOf: {
    rows: 'How long each run took whose tasks come after one another and all finished, one row a run; runs of the warm-up are left out.',
    columns: {
      runIndex: ['int32', 'Index of the run in the schedule, from 0.'],
      dueSeconds: ['float64', 'When it was due, since the first submission that counts.'],
      makespanSeconds: ['float64', 'From when it was due (in a closed loop: sent) to the end of its last task.'],
      overAskedRatio: ['float64', 'That over the longest way through its tasks, each as long as the config asks for.'],
      overMeasuredRatio: ['float64', 'That over the longest way through its tasks, each as long as it was executed.'],
      peakWidth: ['float64', 'Most of its tasks in execution at once.'],
      meanWidth: ['float64', 'Its tasks in execution at once, on average from the begin of the first to the end of the last.'],
    },
  },
  dependencyGapsOf: {
    rows: 'How long each task that comes after others waited for nothing but the engine, one row a finished task; runs of the warm-up are left out.',
    columns: {
      runIndex: ['int32', 'Index of the run in the schedule, from 0.'],
      taskIndex: ['int32', 'Which of the tasks of its run, from 0.'],
      lastParent: ['int32', 'Which of the tasks that it comes after ended last.'],
      gapSeconds: ['float64', 'From the end of that to its begin; below zero: it began before. NaN where a time is not known.'],
    },
  },
  widthOverTime: {
    rows: 'How many tasks of a run were in execution, one row a moment: of the runs after the warm-up all of whose tasks finished.',
    columns: {
      seconds: ['float64', 'Since the run was due (in a closed loop: sent).'],
      mean: ['float64', 'On average of the runs.'],
      p10: ['float64', 'One run in ten had no more; NaN where there are too few runs to say.'],
      p50: ['float64', 'Median: half of the runs had no more.'],
      p90: ['float64', 'Nine runs in ten had no more; NaN where there are too few runs to say.'],
      asked: [
        'float64',
        'What the shape asks for, where each task begins as those before it have ended and takes as long as the config says.',
      ],
    },
  },
  ganttOf: {
    rows: 'The tasks of one run whose tasks come after one another, in the order of their begins.',
    columns: {
      runIndex: ['int32', 'Index of the run in the schedule, from 0.'],
      taskIndex: ['int32', 'Which of the tasks of its run, from 0.'],
      readySeconds: ['float64', 'When the last of those had ended that it comes after, since the run was due (in a closed loop: sent).'],
      startedSeconds: ['float64', 'When it began, since then.'],
      finishedSeconds: ['float64', 'When it ended, since then.'],
      gapSeconds: ['float64', 'From ready to started.'],
      lastParent: ['int32', 'Which of the tasks that it comes after ended last; -1: it comes after none.'],
      critical: ['bool', 'It is on the way that made the run as long as it was.'],
    },
  },
  taskStates: {
    rows: "How many tasks were in each state, one row a moment and state: from the tasks' own times, not from the engine's counts.",
    columns: {
      seconds: secondsColumn,
      state: ['utf8', 'pending | dispatched | running | finished | failed | cancelled.'],
      tasks: ['int32', 'Tasks that were in it.'],
    },
  },
  resourcesOf: {
    rows: 'Memory and CPU while the load lasted, one row a group of processes; several schedulers are summed.',
    columns: {
      role: roleColumn,
      peakCount: ['float64', 'Most processes at once.'],
      rssBytesStart: ['float64', 'Resident memory at the first sample; what processes share is counted in each.'],
      rssBytesEnd: ['float64', 'Resident memory at the last sample.'],
      rssBytesPeak: ['float64', 'The most resident memory at any sample.'],
      rssBytesGrowth: ['float64', 'End less start; NaN where one of its processes ended in between.'],
      pssBytesPeak: ['float64', 'The most at any of its few readings, with what processes share counted once.'],
      cpuSeconds: ['float64', 'CPU time, user + system.'],
      cpuRatioMean: ['float64', 'CPU seconds per second: 100 % is one core, wholly used.'],
      cpuRatioPeak: ['float64', 'The highest over any second; over the whole time where that is shorter.'],
    },
  },
  idleOf: {
    rows: 'What an engine without work takes of the machine, one row a group of processes; empty where the config asked for no idle phase.',
    columns: {
      role: roleColumn,
      cpuRatio: ['float64', 'CPU seconds per second: 100 % is one core, wholly used.'],
      wakeUpsPerSecond: ['float64', 'How often threads of its processes were woken; NaN on other systems than Linux.'],
    },
  },
  tableGrowthOf: {
    rows: "The engine's largest tables, one row each, the largest first.",
    columns: {
      table: ['utf8', 'Its name, with the schema where that is not public.'],
      tableBytes: ['float64', 'The table with its TOAST, at the last reading.'],
      indexBytes: ['float64', 'Its indexes, at the last reading.'],
      grownBytes: ['float64', 'Table and indexes: last less first reading.'],
      liveTuples: ['float64', 'Row versions that are current, at the last reading.'],
      deadTuplesPeak: ['float64', 'The most row versions that vacuum had yet to remove, at any reading.'],
      vacuums: ['float64', 'Vacuums of it that ended while it was read.'],
    },
  },
  resourceSeries: {
    rows: 'Memory and CPU by time, one row a sample and group of processes.',
    columns: {
      seconds: secondsColumn,
      role: roleColumn,
      rssBytes: ['float64', 'Resident memory; what processes share is counted in each.'],
      cpuRatio: ['float64', 'CPU seconds per second since the sample before: 100 % is one core, wholly used.'],
      processCount: ['float64', 'Processes that lived.'],
    },
  },
  statementsOf: {
    rows: "Statements of the experiment's database while it was measured, slowest in total first; empty without pg_stat_statements.",
    columns: {
      query: ['utf8', 'As pg_stat_statements normalises it, literals removed, cut to 500 characters.'],
      calls: ['float64', 'How often it was executed.'],
      totalSeconds: ['float64', 'How long it was executed in all.'],
      meanSeconds: ['float64', 'How long one execution took on average.'],
      rows: ['float64', 'Rows that it returned or changed in all.'],
      meanBlocks: ['float64', 'Pages of tables and indexes that one execution looked at on average.'],
    },
  },
  waitsOf: {
    rows: "What the active connections to the experiment's database waited for, in words that one can act on; most first.",
    columns: {
      wait: ['utf8', 'wait_event_type and wait_event of pg_stat_activity, and of a lock what was to be locked; on CPU: they did not wait.'],
      client: ['utf8', 'Whose connections: engine | submissions (those by which the driver submits runs).'],
      connections: ['float64', 'How many waited for it on average of all readings.'],
      activeRatio: ['float64', 'Share of the active connections of that client, of all readings together.'],
      readingsRatio: ['float64', 'Share of the readings in which any did.'],
      meaning: ['utf8', 'What that means.'],
      advice: ['utf8', 'What to look at or change.'],
    },
  },
  regimesOf: {
    rows: 'The parts of an experiment in which it went the same way throughout, one row each; none where nothing changed for good, and in short ones.',
    columns: {
      fromSeconds: secondsColumn,
      toSeconds: ['float64', 'Where the next one begins, since the first submission that counts.'],
      tasksPerSecond: ['float64', 'Finished tasks a second.'],
      responseP50Seconds: ['float64', 'Median of the response time (due to finished) of the tasks that finished in it.'],
      responseP99Seconds: ['float64', '99th percentile of it; NaN where there are too few tasks to say.'],
      schedulerCpuRatio: ['float64', 'CPU of all schedulers together: 100 % is one core, wholly used.'],
      workersCpuRatio: ['float64', 'CPU of the workers: 100 % is one core, wholly used.'],
      postgresCpuRatio: ['float64', 'CPU of Postgres: 100 % is one core, wholly used.'],
      hostBusyRatio: ['float64', 'Share of all the cores that were in use.'],
      waitingConnections: ['float64', 'Connections that waited for what most of them waited for inside Postgres, on average.'],
      wait: ['utf8', 'What that is; empty where none waited. `waitsOf` says what it means.'],
      limitedBy: ['utf8', 'Who limited it: nothing | driver | database | host | target | unknown.'],
      verdict: ['utf8', 'Who limited it, and by what evidence.'],
      border: ['utf8', 'What happened close to its beginning and what was another before, the most telling first: evidence, not proof.'],
    },
  },
  faultsOf: {
    rows: 'What came of each fault that the config asked for, one row each, in the order of time.',
    columns: {
      kind: ['utf8', 'kill | pause | restart | terminate | hold | exhaust | drop.'],
      subject: ['utf8', 'What it was done to, for instance scheduler 0.'],
      atSeconds: ['float64', 'When it was done, since the first submission that counts.'],
      endedSeconds: ['float64', 'When it was over.'],
      detectedSeconds: [
        'float64',
        'From then until the engine took over a task that had begun, or dispatched one again; NaN: it did not before the next fault.',
      ],
      recoverySeconds: [
        'float64',
        'Until tasks ended at 90 % of what was expected again; 0: they never ended at less; NaN: rateAfter says why.',
      ],
      rateAfter: [
        'utf8',
        'kept | back | not back (before the next fault or the end of the load) | unseen (there was too little before it or after it to tell).',
      ],
      tasksPerSecondBefore: ['float64', 'Tasks that ended a second in the 10 s before it, or in what there was of that.'],
      worstBacklog: ['float64', 'Tasks that the engine had and had not ended, at most, until the next fault.'],
      lost: ['float64', 'Tasks that the engine has no row of any more.'],
      stuck: ['float64', 'Tasks that the engine has and had not ended when the experiment was over.'],
      executedTwice: ['float64', 'Tasks that were executed more than once.'],
      repeatedSeconds: [
        'float64',
        'From the fault until the last of those executions began, by when what it cut off was in work again; NaN: there was none.',
      ],
      failed: ['float64', 'Tasks that failed after it, and before the next one.'],
      late: ['float64', 'Tasks that took longer than every one that ended before the first fault.'],
      refusedRuns: ['float64', 'Submissions that the engine refused or did not answer.'],
      sentence: ['utf8', 'All of it in words.'],
    },
  },
  executionsOf: {
    rows: 'Every execution of a task that told when it ended, one row each; none where the config neither draws the work of tasks nor lets them be tried again. Runs of the warm-up are left out.',
    columns: {
      runIndex: ['int32', 'Index of the run in the schedule, from 0.'],
      taskIndex: ['int32', 'Which of the tasks of its run, from 0.'],
      attempt: ['int32', 'Which execution of the task, from 1, in the order of time.'],
      beganSeconds: ['float64', 'When it began, since the first submission that counts.'],
      workSeconds: ['float64', "From there to its end, by the task's own word."],
      askedSeconds: ['float64', 'What the config asked, or drew, for the task.'],
      excessSeconds: ['float64', 'Work done less work asked.'],
      outcome: ['utf8', 'finished | failed.'],
      retryDelaySeconds: ['float64', 'From the end of the execution before, where that failed, to its beginning; else NaN.'],
    },
  },
  firingsOf: {
    rows: 'Moments at which a schedule of periodic work was due while there was load, one row a schedule and moment: from the first submission on, up to a period before the end. None without periodic work.',
    columns: {
      schedule: ['float64', 'Which of the schedules, from 0.'],
      dueSeconds: ['float64', 'The moment, since the first submission.'],
      firings: ['float64', 'How often it was fired at: 0 missed, 2 doubled.'],
      latenessSeconds: ['float64', 'From the moment to the first begin; NaN where it was missed.'],
    },
  },
  faultTasksOf: {
    rows: 'The tasks that a fault did something to, one row a task and outcome.',
    columns: {
      faultIndex: ['int32', 'Which row of `faultsOf`, from 0.'],
      outcome: ['utf8', 'lost | stuck | executedTwice | failed | late.'],
      task: ['utf8', 'Index of its run in the schedule, a slash, its own: what `orchlab explain` takes.'],
    },
  },
  metricsOf: {
    rows: "What the schedulers told of themselves, one row a metric, in the engine's own units.",
    columns: {
      metric: ['utf8', 'As the engine calls it.'],
      count: ['float64', 'How often it was told.'],
      mean: ['float64', 'Arithmetic mean.'],
      sum: ['float64', 'Sum.'],
      max: ['float64', 'The largest.'],
    },
  },
  overviewOf: {
    rows: 'Experiments side by side, one row each.',
    columns: {
      config: ['utf8', 'Name of the config.'],
      target: ['utf8', 'The orchestrator under test.'],
      status: ['utf8', 'How it ended: done | timed-out | aborted (by a threshold) | failed | interrupted; with "damaged" where a file is.'],
      runs: ['float64', 'Runs that were submitted.'],
      tasks: ['float64', 'Tasks that were submitted.'],
      finished: ['float64', 'Those of them that finished.'],
      tasksPerSecond: ['float64', 'Finished tasks a second.'],
      responseP50Seconds: ['float64', 'Median of the response time (due to finished).'],
      responseP99Seconds: ['float64', '99th percentile of the response time; NaN where there are too few tasks to say.'],
      waitP50Seconds: ['float64', 'Median of the wait (created to dispatched).'],
      schedulerRssBytesPeak: ['float64', "The schedulers' most resident memory at once."],
      schedulerCpuSeconds: ['float64', 'CPU time of the schedulers.'],
      workersCpuSeconds: ['float64', 'CPU time of the workers.'],
    },
  },
  compareTargets: {
    rows: 'Targets side by side, one row a figure and target.',
    columns: {
      figure: ['utf8', 'The figure, with its unit.'],
      target: ['utf8', 'The orchestrator under test.'],
      experiments: ['float64', 'How many experiments were counted: those that ended as done.'],
      median: ['float64', 'Of the experiments.'],
      min: ['float64', 'The least of them: a range that was seen, no interval of confidence.'],
      max: ['float64', 'The most of them.'],
    },
  },
} as const satisfies Readonly<Record<string, TableDeclaration>>;

/** A table that the function of that name returns: docs/data.md has the meaning of each column. */
export type FigureTable<Name extends keyof typeof figureTables> = TypedTable<RowOf<(typeof figureTables)[Name]>>;
