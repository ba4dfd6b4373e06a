import { plannedSeconds } from '../config/arrival.ts';
import { type Fault, secondsOf } from '../config/faults.ts';
import { type PerfConfig, taskTotal } from '../config/perf-config.ts';
import { parseShare } from '../config/threshold.ts';
import { seededRandom } from '../random/seeded-random.ts';

/** When a fault is due: so many seconds after the load began, or when so many tasks have ended. */
export type DueMoment = { readonly seconds: number } | { readonly endedTasks: number };

/** A fault of a config, with what is random in it. */
export interface PlannedFault {
  readonly fault: Fault;
  /** Its place in the config's list, from 0. */
  readonly index: number;
  readonly due: DueMoment;
  /** From each time to the next; NaN: there is one time only. */
  readonly everySeconds: number;
  /** How often at most. */
  readonly times: number;
  /** How much later each time is; asked once a time. */
  readonly jitterSeconds: () => number;
  /** One of these. Undefined where there are none. */
  readonly choose: <T>(from: readonly T[]) => T | undefined;
}

type PlannedConfig = Pick<PerfConfig, 'faults' | 'arrival' | 'workflows' | 'load_seconds' | 'tasks_per_workflow'>;

/** The faults of a config in its order: the same config gives the same plan. */
export function planFaults(config: PlannedConfig): readonly PlannedFault[] {
  return (config.faults ?? []).map((fault, index) => {
    const random = seededRandom(fault.seed * 1009 + index);
    const jitterSeconds = fault.jitter === undefined ? 0 : secondsOf(fault.jitter);
    return {
      fault,
      index,
      due: dueMoment(fault.at, config),
      everySeconds: fault.every === undefined ? Number.NaN : secondsOf(fault.every),
      times: fault.times ?? (fault.every === undefined ? 1 : Number.POSITIVE_INFINITY),
      jitterSeconds: () => (jitterSeconds === 0 ? 0 : random() * jitterSeconds),
      choose: (from) => from[Math.floor(random() * from.length)],
    };
  });
}

/** A share of a load that lasts a known time is a share of that; else it is one of its tasks, as they end. */
function dueMoment(at: Fault['at'], config: PlannedConfig): DueMoment {
  if (typeof at === 'number') return { seconds: at };
  const share = parseShare(at);
  if (share === undefined) return { seconds: secondsOf(at) };
  const seconds = plannedSeconds(config);
  if (seconds > 0) return { seconds: share * seconds };
  return { endedTasks: Math.ceil(share * taskTotal({ ...config, backlog: undefined })) };
}
