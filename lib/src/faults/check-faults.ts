import { type Fault, describeFault, victimOf } from '../config/faults.ts';
import { ConfigError } from '../config/config-error.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { ExperimentDatabase } from '../database/open-database.ts';

/** Throws a ConfigError where a fault can't be done here: to this server, on this machine, with this config. */
export function checkFaults(
  config: Pick<PerfConfig, 'faults' | 'name' | 'scheduler'>,
  database: Pick<ExperimentDatabase, 'kind' | 'control'>,
): void {
  const problems = (config.faults ?? []).flatMap((fault, index) => {
    const reason = problemOf(fault, config.scheduler.processes, database);
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

function problemOf(fault: Fault, processes: number, { kind, control }: Pick<ExperimentDatabase, 'kind' | 'control'>): string | undefined {
  const victim = victimOf(fault);
  if (victim === 'postgres' && !control) return servers[kind] ?? 'this server is not orchlab’s to stop';
  if ('instance' in fault && fault.instance !== undefined && fault.instance >= processes)
    return `there are ${processes} schedulers, from 0 (scheduler.processes)`;
  return undefined;
}
