import { type Fault, describeFault, victimOf } from '../config/faults.ts';
import { ConfigError } from '../config/config-error.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { ExperimentDatabase } from '../database/open-database.ts';

/** Throws a ConfigError where a fault can't be done here: to this kind of server, with this config. */
export function checkFaults(
  config: Pick<PerfConfig, 'faults' | 'name' | 'scheduler' | 'executor'>,
  kind: ExperimentDatabase['kind'],
): void {
  const problems = (config.faults ?? []).flatMap((fault, index) => {
    const reason = problemOf(fault, config, kind);
    return reason === undefined
      ? []
      : [
          {
            place: `config ${config.name}`,
            key: `faults.${index}`,
            expected: 'a fault that can be done here',
            got: `${describeFault(fault)}: ${reason}`,
          },
        ];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

const servers: Readonly<Record<string, string>> = {
  external: 'the server of DATABASE_URL is not orchlab’s to stop: unset DATABASE_URL, and orchlab starts one for the experiment',
  shared:
    'the server of `orchlab db start` serves others, too: stop it (orchlab db stop) and leave out --keep-database, and orchlab starts one for the experiment',
};

function problemOf(
  fault: Fault,
  { scheduler, executor }: Pick<PerfConfig, 'scheduler' | 'executor'>,
  kind: ExperimentDatabase['kind'],
): string | undefined {
  const victim = victimOf(fault);
  if (victim === 'postgres') return servers[kind];
  if (victim === 'worker' && executor === 'inline')
    return 'tasks run inside the scheduler (executor: inline): kill: scheduler, or executor: process';
  if ('instance' in fault && fault.instance !== undefined && fault.instance >= scheduler.processes)
    return `there are ${scheduler.processes} schedulers, from 0 (scheduler.processes)`;
  return undefined;
}
