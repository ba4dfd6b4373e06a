import { ConfigError } from '../config/config-error.ts';
import { isMixed, workflowsOf } from '../config/mixed.ts';
import type { PerfConfig } from '../config/perf-config.ts';

/** What an engine cannot do of what several workflows may ask, each a reason in words. Default: it can. */
export interface WorkflowAbilities {
  readonly noPriority?: string | undefined;
  /** Or of a limit of that many: the reason, undefined where it can keep that one. */
  readonly noConcurrency?: string | ((limit: number) => string | undefined) | undefined;
  readonly noRate?: string | undefined;
}

/** Throws a ConfigError that names what a config asks of a workflow and the engine has no means for. */
export function refuseWorkflows(config: PerfConfig, { noPriority, noConcurrency, noRate }: WorkflowAbilities): void {
  if (!isMixed(config)) return;
  const workflows = workflowsOf(config);
  const problems = workflows.flatMap(({ priority, limits: { concurrency, rate } }, index) => {
    const refused = (key: string, expected: string, reason: string | undefined, got: unknown) =>
      reason === undefined
        ? []
        : [
            {
              place: `config ${config.name}`,
              key: `workflows.${index}.${key}`,
              expected: `${expected} (${reason})`,
              got: JSON.stringify(got),
            },
          ];
    const ofConcurrency = typeof noConcurrency === 'function' ? noConcurrency(concurrency ?? 1) : noConcurrency;
    return [
      // Of workflows of one priority none comes before another.
      ...(workflows.some((other) => other.priority !== priority) ? refused('priority', 'one for all workflows', noPriority, priority) : []),
      ...(concurrency === undefined ? [] : refused('limits.concurrency', 'nothing', ofConcurrency, concurrency)),
      ...(rate === undefined ? [] : refused('limits.rate', 'nothing', noRate, rate)),
    ];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}
