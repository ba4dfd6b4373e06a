/** orchlab, the performance lab for workflow orchestrators: its public API, in the order in which it is used. */
export { ConfigError, type ConfigProblem } from './config/config-error.ts';
export { createConfig, listConfigs, loadConfig, type LoadConfigOptions } from './config/load-config.ts';
export type { PerfConfig, PerfConfigFile } from './config/perf-config.ts';
export { findWorkspace, type Workspace } from './config/workspace.ts';
export { runExperiment, type RunExperimentOptions } from './run/run-experiment.ts';
export { ExperimentError } from './run/experiment-error.ts';
export type { Progress } from './results/progress.ts';
export { openExperiment, type Experiment } from './results/experiment.ts';
export { findExperiment, findExperiments, type FindExperimentsOptions } from './results/find-experiments.ts';
export type { ExperimentStatus, Manifest, TaskLedger } from './results/manifest.ts';
