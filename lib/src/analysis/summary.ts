import type { PerfConfig } from '../config/perf-config.ts';
import type { ClockComparison, ExperimentStatus, TaskLedger } from '../results/manifest.ts';
import type { BaselineComparison } from './gate.ts';
import type { AuditedCeiling } from './ceiling-audit.ts';
import type { ExperimentSetup } from './experiment-setup.ts';
import type { DamageFigures } from './damage.ts';
import type { Distribution } from './distribution.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import type { EventLoopDelay, OwnWork } from './own-work.ts';
import type { ResourceFigures } from './resources.ts';
import type { FaultFigures } from './fault-ledger.ts';
import type { LimitEvidence } from './limit-evidence.ts';
import type { Regime, RegimeBorder } from './regimes.ts';
import type { Growth } from './series-growth.ts';
import type { SteadyFigures } from './steady-figures.ts';
import type { LimitedBy } from './limit-rules.ts';
import type { SamplingFigures } from './sampling-gaps.ts';
import type { ThresholdResult } from './threshold-results.ts';
import type { ThroughputFigures } from './throughput-figures.ts';

/** Figures in which a number that is not known is null, as JSON has it. */
export type SummaryOf<T> = {
  readonly [K in keyof T]: T[K] extends number ? number | null : T[K] extends string | boolean ? T[K] : SummaryOf<T[K]>;
};

/** What a config asks of one of its workflows; null: nothing. */
export interface WorkflowSummary {
  readonly name: string;
  readonly tasksPerRun: number;
  readonly priority: number;
  readonly limits: {
    readonly concurrency: number | null;
    readonly rate: { readonly tasks: number; readonly seconds: number } | null;
  };
}

/** An experiment in figures: what `orchlab run --json` prints and the text summary is made from. */
export interface Summary {
  readonly name: string;
  /** The config's name. */
  readonly config: string;
  readonly target: { readonly name: string; readonly version: string };
  readonly status: ExperimentStatus;
  /** What the user calls it, and others like it (`--label`); null where that was not said. */
  readonly label: string | null;
  /** One sentence: why the status is not `done`. */
  readonly reason?: string;
  readonly warnings: readonly string[];
  /** How the files differ from what was written; null when they do not. Figures are then of the rows that are left. */
  readonly damage: DamageFigures | null;
  readonly runs: { readonly planned: number; readonly submitted: number; readonly rejected: number; readonly dropped: number };
  /** How runs were to come, as in the config: `arrival`, seconds (0 in a burst; null: as long as the runs take), and the bound (null: none). */
  readonly load: {
    readonly arrival: PerfConfig['arrival'];
    readonly loadSeconds: number | null;
    readonly warmUpSeconds: number;
    readonly maxInFlight: number | null;
  };
  /** Of several workflows on average. */
  readonly tasksPerRun: number;
  /** Each workflow of a config that lists several; what came of it is in `figures`, as `workflow.<name>. ...`. */
  readonly workflows: readonly WorkflowSummary[];
  /** Submitted runs that were due in the warm-up, and their tasks: in `runs` and `tasks`, in no other figure. `finishedTasks` has those of a backlog, too. */
  readonly warmUp: { readonly runs: number; readonly tasks: number; readonly finishedTasks: number };
  /** How long each task was to work; on average, where that is drawn from a distribution. */
  readonly taskDurationSeconds: number;
  /** Whether the tasks were read: not while it runs, nor when it was killed before its end. Then `tasks` has all that were submitted as lost. */
  readonly tasksRead: boolean;
  /** submitted = finished + failed + cancelled + lost; and executions that were too many, null when that is not known. */
  readonly tasks: TaskLedger & { readonly planned: number };
  /** When the run was due (in a closed loop sent) to finished, of finished tasks: with the time that it waited to be submitted. */
  readonly responseSeconds: SummaryOf<Omit<Distribution, 'count'>>;
  /** Due (in a closed loop sent) to created. */
  readonly submissionSeconds: SummaryOf<Omit<Distribution, 'count'>>;
  /** Created to finished. */
  readonly latencySeconds: SummaryOf<Omit<Distribution, 'count'>>;
  /** Due to sent, of the runs that were sent: how late the driver was. */
  readonly scheduleLagSeconds: SummaryOf<Omit<Distribution, 'count'>>;
  /** Created to dispatched. */
  readonly waitSeconds: SummaryOf<Omit<Distribution, 'count'>>;
  /** Dispatched to started. */
  readonly dispatchSeconds: SummaryOf<Omit<Distribution, 'count'>>;
  /** Started to finished. */
  readonly executionSeconds: SummaryOf<Omit<Distribution, 'count'>>;
  readonly throughput: SummaryOf<Omit<ThroughputFigures, 'durationSeconds'>>;
  /** From the first submission to the last finished task. */
  readonly durationSeconds: number | null;
  readonly scheduler: SummaryOf<ResourceFigures>;
  /** How fast the RSS of the schedulers grows, with its interval, and whether that is growth; null for what is not known. */
  readonly schedulerRssGrowth: SummaryOf<Growth>;
  readonly workers: SummaryOf<ResourceFigures>;
  readonly postgres: SummaryOf<ResourceFigures>;
  readonly driver: SummaryOf<ResourceFigures>;
  /** What limited the experiment, in a sentence and in the numbers that it rests on. */
  readonly verdict: {
    readonly limitedBy: LimitedBy;
    readonly sentence: string;
    readonly evidence: SummaryOf<LimitEvidence>;
    readonly notes: readonly string[];
  };
  /** What the config itself bounds, and how near the experiment came; the lowest of each figure first. */
  readonly ceilings: readonly SummaryOf<AuditedCeiling>[];
  /** What became of the config's thresholds, in its order; those relative to a baseline are not judged by one experiment, and not among them. */
  readonly thresholds: readonly SummaryOf<ThresholdResult>[];
  /** How it stood to the baseline that it was run with, together with its repetitions; null where it was run with none. */
  readonly baseline: SummaryOf<BaselineComparison> | null;
  /** The part in which load and target had settled, and its figures; where there is none, the reason, and null for numbers. */
  readonly steady: {
    readonly found: boolean;
    readonly method: string;
    readonly reason: string;
    readonly fromSeconds: number | null;
    readonly toSeconds: number | null;
    readonly windows: number | null;
    readonly windowSeconds: number | null;
  } & SummaryOf<SteadyFigures>;
  /** The parts in which it went the same way, who limited each, and what happened at the borders; where none are told apart, why, and no parts. */
  readonly regimes: {
    readonly found: boolean;
    readonly method: string;
    readonly reason: string | null;
    /** All of it in one sentence. */
    readonly sentence: string | null;
    readonly windowSeconds: number | null;
    readonly regimes: readonly SummaryOf<Regime>[];
    /** One less: where the next one began. */
    readonly borders: readonly SummaryOf<RegimeBorder>[];
  };
  /** What came of each fault, in the order of time; `tasks` are the first 100 of each outcome, `run index/task index`. */
  readonly faults: readonly SummaryOf<FaultFigures>[];
  /** The thread of orchlab that samples, beside the driver. */
  readonly sampler: SummaryOf<ResourceFigures>;
  /** The further roles of the target's processes, by name. */
  readonly roles: Readonly<Record<string, SummaryOf<ResourceFigures>>>;
  /** What orchlab did in the experiment's database: in no other figure. */
  readonly ownWork: SummaryOf<OwnWork>;
  /** What the schedulers told of themselves; no figures for a target that tells nothing. */
  readonly metrics: EngineMetrics;
  /** How late timers in the driver came. */
  readonly eventLoopDelaySeconds: SummaryOf<EventLoopDelay>;
  readonly sampling: SummaryOf<SamplingFigures>;
  /** Clocks of database and driver; null where they were not compared. */
  readonly clock: ClockComparison | null;
  /** Every figure of the catalogue by its name (`figures`), in its unit: the same numbers as above. */
  readonly figures: Readonly<Record<string, number | null>>;
  /** What must be the same in experiments that are repetitions of each other. */
  readonly setup: ExperimentSetup;
  readonly directory: string;
}
