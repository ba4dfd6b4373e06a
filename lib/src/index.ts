/** orchlab, the performance lab for workflow orchestrators: its public API, in the order in which it is used. */
import { nameMissingColumns } from './report/column-error.ts';
import { enableRichLastValues } from './report/last-value.ts';

// config
export { ConfigError, type ConfigProblem } from './config/config-error.ts';
export { createConfig, listConfigs, loadConfig, type LoadConfigOptions } from './config/load-config.ts';
export type { PerfConfig, PerfConfigFile } from './config/perf-config.ts';
export { type Threshold, ThresholdError, parseThresholds } from './config/threshold.ts';
export { findWorkspace, type Workspace } from './config/workspace.ts';

// experiments
export { type Probe, type ProbeOptions, probe } from './run/probe.ts';
export { runExperiment, type RunExperimentOptions } from './run/run-experiment.ts';
export { bench, type BenchOptions } from './run/bench.ts';
export type { BenchSide } from './run/bench-plan.ts';
export { sweep, type SweepOptions } from './run/sweep.ts';
export { type MeasureCostOptions, measureCost } from './run/cost.ts';
export { type MeasureNeighbourOptions, measureNeighbour } from './run/neighbour.ts';
export { type Neighbour, type NeighbourLine, neighbourOf } from './analysis/neighbour.ts';
export { type CostCard, type CostLine, costOf, costTable } from './analysis/cost.ts';
export { shrink, type ShrinkOptions } from './run/shrink.ts';
export { type ShrinkState, shrinkOf } from './analysis/shrink.ts';
export { findCapacity, type FindCapacityOptions } from './run/capacity.ts';
export { resumeSeries, type ResumeSeriesOptions } from './run/resume-series.ts';
export { ConcurrentExperimentError } from './run/errors.ts';
export { ExperimentError } from './run/errors.ts';
export { InterruptedError } from './run/errors.ts';
export { SeriesError } from './run/errors.ts';
export { type KnownTarget, type TargetDefinition, defineTarget, listTargets } from './targets/registry.ts';
export { MissingProgramError } from './targets/target.ts';
export { ResultsError } from './results/experiment-directory.ts';
export type { Progress } from './results/progress.ts';
export { openExperiment, type Experiment, type SampleTable } from './results/experiment.ts';
export type { TypedTable } from './results/typed-table.ts';
export { ExperimentNotFoundError, findExperiment, findExperiments, type FindExperimentsOptions } from './results/find-experiments.ts';
export type { RecordedStep, SeriesKind, SeriesRecord, SettingValue } from './results/series-record.ts';
export { openSeries, type Series, type SeriesStep } from './results/series.ts';
export { findAllSeries, findSeries, type FindSeriesOptions } from './results/find-series.ts';
export { selectExperiments } from './results/select-experiments.ts';
export { DamagedResultsError } from './results/read-record.ts';
export { type ExperimentStatus, type Manifest, type TaskLedger } from './results/manifest.ts';

// figures
export type { FigureTable } from './analysis/figure-tables.ts';
export type { PhaseName } from './results/phases.ts';
export type { Role } from './analysis/role-series.ts';
export { latencyOf } from './analysis/latency.ts';
export { scheduleLagOf } from './analysis/schedule-lag.ts';
export { type HistogramOptions, type MergedHistogram, histogram, latencyQuantiles } from './analysis/merged-histogram.ts';
export { type LatencyOverTimeOptions, latencyOverTime } from './analysis/latency-over-time.ts';
export { type ThroughputOptions, throughputOf } from './analysis/throughput.ts';
export { metricsOf } from './analysis/engine-metrics.ts';
export { idleOf } from './analysis/idle.ts';
export { resourcesOf } from './analysis/resources.ts';
export { rssGrowthOf } from './analysis/rss-growth.ts';
export type { Growth, GrowthOptions, GrowthVerdict } from './analysis/series-growth.ts';
export { type ResourceSeriesOptions, resourceSeries } from './analysis/resource-series.ts';
export { type TaskStatesOptions, taskStates } from './analysis/task-states.ts';
export { executionsOf } from './analysis/work-figures.ts';
export { taskPhases } from './analysis/task-phases.ts';
export { workflowTable } from './analysis/workflow-table.ts';
export { priorityInversions, type PriorityInversions } from './analysis/priority-inversions.ts';
export { dependencyGapsOf, makespansOf } from './analysis/run-tables.ts';
export { type GanttOptions, ganttOf } from './analysis/gantt.ts';
export { type WidthOverTimeOptions, widthOverTime } from './analysis/width-over-time.ts';
export { type SteadyState, steadyState } from './analysis/steady-state.ts';
export type { LimitedBy } from './analysis/limit-rules.ts';
export { type Verdict, verdictOf } from './analysis/verdict.ts';
export { regimesOf } from './analysis/regimes.ts';
export { faultTasksOf, faultsOf } from './analysis/faults-of.ts';
export { type TaskHistory, type TaskMoment, taskHistory } from './analysis/task-history.ts';
export { bystanderOf } from './analysis/bystander.ts';
export { statementsOf } from './analysis/statements.ts';
export { tableGrowthOf } from './analysis/table-growth.ts';
export { waitsOf, type WaitsOptions } from './analysis/waits.ts';
export { ledgerOf } from './analysis/ledger.ts';
export { distributionOf, ecdfOf, type EcdfOptions } from './analysis/table-figures.ts';
export { type Capacity, type JudgedProbe, capacityOf, capacityTable } from './analysis/capacity.ts';
export { summarize } from './analysis/summarize.ts';
export type { Summary } from './analysis/summary.ts';
export { sweepTable, type SweepTableOptions } from './analysis/sweep-table.ts';
export { type Scaling, scalingOf } from './analysis/scaling.ts';
export { compareTargets } from './analysis/compare-targets.ts';
export { benchSides, compareSides } from './analysis/bench-comparison.ts';
export {
  type Comparison,
  type ComparisonSide,
  type CompareExperimentsOptions,
  compareExperiments,
} from './analysis/compare-experiments.ts';
export type { JudgedAnswer, JudgedFigure, UnjudgedFigure } from './analysis/judge-figures.ts';
export type { LossComparison, LossCount } from './analysis/compared-losses.ts';
export type { Pairing, RoundOf } from './analysis/comparison-rounds.ts';
export type { SetupDifference } from './analysis/setup-differences.ts';
export type { CompareOptions, ComparisonAnswer, FigureAnswer } from './statistics/figure-answer.ts';
export type { Estimate, Interval } from './statistics/estimate.ts';
export { type FigureChange, type FigureHistory, type HistoryLine, type HistoryOptions, historyOf } from './analysis/history.ts';
export { type HistoryPoint, historyPoints } from './analysis/history-point.ts';
export { HistoryCsvError, historyCsv, parseHistoryCsv } from './analysis/history-csv.ts';
export type { Ceiling } from './results/ceiling.ts';
export { type AuditedCeiling, ceilingAudit } from './analysis/ceiling-audit.ts';
export { type Move, type ProbeResult, type ProbedSide, probeResult } from './analysis/probe.ts';
export { type ThresholdOutcome, type ThresholdResult, thresholdResults } from './analysis/threshold-results.ts';
export { saveGate } from './run/save-gate.ts';
export { type Baseline, type BaselineComparison, type Gate, gateOf, gateOutcome } from './analysis/gate.ts';
export { overviewOf } from './analysis/overview.ts';
export { type Figure, figureOf, figures, figuresOf } from './analysis/figures.ts';
export type { FigureUnit } from './analysis/figure-units.ts';
export type { ExperimentSetup } from './analysis/experiment-setup.ts';

// pictures
export type { Plot } from './plots/plot.ts';
export type { OneOrMore, OverlayOptions, PlotOptions, TellBy } from './plots/plot-options.ts';
export { type Channel, type Encoding, type Mark, PlotError, type PlotSpec, plot } from './plots/own-plot.ts';
export { plotConfig } from './plots/theme.ts';
export { plotLatency, type PlotLatencyOptions } from './plots/plot-latency.ts';
export { plotLatencyEcdf, type PlotLatencyEcdfOptions } from './plots/plot-latency-ecdf.ts';
export { plotLatencyOverTime, type PlotLatencyOverTimeOptions } from './plots/plot-latency-over-time.ts';
export { plotScheduleLag } from './plots/plot-schedule-lag.ts';
export { plotSweep, type PlotSweepOptions } from './plots/plot-sweep.ts';
export { plotComparison } from './plots/plot-comparison.ts';
export { plotCapacity, type PlotCapacityOptions } from './plots/plot-capacity.ts';
export { plotHistory } from './plots/plot-history.ts';
export { plotTargets } from './plots/plot-targets.ts';
export { plotRetryDelay, plotWork } from './plots/plot-work.ts';
export { plotThroughput, type PlotThroughputOptions } from './plots/plot-throughput.ts';
export { plotResources, type PlotResourcesOptions } from './plots/plot-resources.ts';
export { plotTaskStates } from './plots/plot-task-states.ts';
export { plotLatencyByWorkflow, type PlotLatencyByWorkflowOptions } from './plots/plot-latency-by-workflow.ts';
export { plotRunningByWorkflow } from './plots/plot-running-by-workflow.ts';
export { plotGantt } from './plots/plot-gantt.ts';
export { plotWidthOverTime } from './plots/plot-width-over-time.ts';
export { plotCosts } from './plots/plot-costs.ts';
export { plotBystander } from './plots/plot-bystander.ts';
export { plotPostgres } from './plots/plot-postgres.ts';
export { plotBacklog } from './plots/plot-backlog.ts';
export { plotFirings } from './plots/plot-firings.ts';
export { plotLateness } from './plots/plot-lateness.ts';
export { plotIdle } from './plots/plot-idle.ts';
export { plotTables } from './plots/plot-tables.ts';
export { plotHost } from './plots/plot-host.ts';
export { plotMetrics } from './plots/plot-metrics.ts';

// showing and sharing
export { ColumnError } from './report/column-error.ts';
export { show } from './report/show.ts';
export type { ShowOptions } from './report/mime-bundle.ts';
export { textSummary } from './report/text-summary.ts';
export { textSeries } from './report/series-document.ts';
export { textComparison, textHistory } from './report/text-findings.ts';
export type { ComparisonSectionsOptions } from './report/sections/comparison.ts';
export { markdownComparison } from './report/markdown-comparison.ts';
export { textTargets } from './report/text-targets.ts';
export { junitReport } from './report/junit-report.ts';
export { gateMarkdown } from './report/gate-markdown.ts';
export { htmlReport } from './report/html-report.ts';
export { plotToPng, plotToSvg, type PngOptions } from './report/render-plot.ts';

enableRichLastValues();
nameMissingColumns();
