import { figures, roleFigures } from '../analysis/figures.ts';
import { figuresOfWorkflows } from '../analysis/workflow-figures.ts';
import { figureToJudge } from '../analysis/threshold-results.ts';
import { ConfigError, type ConfigProblem } from '../config/config-error.ts';
import { thresholdsOf } from '../config/config-thresholds.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import { type Threshold, ThresholdError } from '../config/threshold.ts';
import type { Workspace } from '../config/workspace.ts';
import { notLiveBecause } from '../experiment/live-figures.ts';
import { rolesBeforehand } from '../targets/registry.ts';

/**
 * Throws a ConfigError for thresholds of a config that can't be judged: of figures that there are not, in units that are not theirs, over a part of what
 * has no parts, or that are to abort an experiment and can't be known while it runs.
 */
export async function checkThresholds(config: PerfConfig, workspace: Workspace): Promise<void> {
  const thresholds = thresholdsOf(config);
  if (thresholds.length === 0) return;
  const roles = await rolesBeforehand(config, workspace);
  const problems = thresholds.flatMap((threshold) => problemOf(config, threshold, roles));
  if (problems.length > 0) throw new ConfigError(problems);
}

function problemOf(config: PerfConfig, threshold: Threshold, roles: readonly string[] | undefined): readonly ConfigProblem[] {
  // A target that names its roles only when it has been made may have any.
  const [role = ''] = threshold.figure.split('.');
  const among = [...figures, ...figuresOfWorkflows({ manifest: { config } }), ...(roles ?? [role]).flatMap(roleFigures)];
  const problem = { place: `config ${config.name}`, key: `thresholds, ${JSON.stringify(threshold.text)}` };
  try {
    figureToJudge(threshold, among);
  } catch (error) {
    if (!(error instanceof ThresholdError)) throw error;
    return [{ ...problem, expected: error.expected, got: JSON.stringify(error.got) }];
  }
  const notLive = threshold.abortOnFail ? notLiveBecause(threshold) : undefined;
  return notLive ? [{ ...problem, key: `${problem.key}, abort_on_fail`, expected: notLive[0], got: notLive[1] }] : [];
}
