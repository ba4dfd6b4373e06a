import { type PlantedFault, type PlantedLoad, type PlantedPlan, workSeconds } from './faulty-engine.ts';

/** Experiments that differ in their seed alone. */
export interface PlantedScenario extends Omit<PlantedPlan, 'seed'> {
  readonly name: string;
  /** Whether what the (first) fault does is more than chance explains at this rate. */
  readonly isVisible: boolean;
}

const loads: readonly PlantedLoad[] = ['constant', 'poisson', 'burst', 'closed'];
const rates = [10, 100, 1000] as const;
/** So long before the first fault; the load goes on for as long after the last, or so. */
const atSeconds = 10;

const stop = (seconds: number, at = atSeconds): PlantedFault => ({ effect: 'stop', atSeconds: at, seconds });

/** Loads and rates, each with every kind of fault. */
export function plantedScenarios(): readonly PlantedScenario[] {
  return loads.flatMap((load) =>
    rates.flatMap((perSecond): readonly PlantedScenario[] => {
      const base = { load, perSecond, loadSeconds: 24, catchesUp: true, isVisible: true };
      const slow: PlantedFault = { effect: 'slow', atSeconds, seconds: 6 };
      const isSlowSeen = perSecond > (load === 'poisson' ? 100 : load === 'constant' ? 10 : 0);
      // A burst is of as many tasks as end in that time without a fault.
      const endingAt = (seconds: number, missedSeconds: number): number => seconds - (load === 'burst' ? missedSeconds : 0);
      return [
        { ...base, name: 'stop for 3 s', faults: [stop(3)] },
        // Whether what was missed is refused is open in an open load alone.
        ...(load === 'constant' || load === 'poisson'
          ? [{ ...base, name: 'stop for 3 s, refused', faults: [stop(3)], catchesUp: false }]
          : []),
        { ...base, name: 'frozen for 2 s', faults: [{ effect: 'freeze', atSeconds, seconds: 2 }] },
        { ...base, name: 'half the places for 6 s', faults: [slow], isVisible: isSlowSeen },
        // The rate is back for the time of a few tasks, or never.
        {
          ...base,
          name: 'stop for 3 s, back at the end',
          faults: [stop(3)],
          loadSeconds: endingAt(atSeconds + 3 + workSeconds(perSecond) + Math.max(0.05, 4 / perSecond), 3),
        },
        {
          ...base,
          name: 'half the places to the end',
          faults: [{ ...slow, seconds: 20 }],
          loadSeconds: endingAt(atSeconds + 5, 2.5),
          isVisible: isSlowSeen,
        },
        { ...base, name: 'frozen for 0.3 s', faults: [{ effect: 'freeze', atSeconds, seconds: 0.3 }], isVisible: perSecond > 10 },
        { ...base, name: 'no effect', faults: [{ effect: 'nothing', atSeconds, seconds: 1 }] },
        { ...base, name: 'two stops, 2.5 s apart', faults: [stop(1.5), stop(1.5, atSeconds + 4)] },
        // What was begun again after the first is cut off again.
        { ...base, name: 'two stops, 0.03 s apart', faults: [stop(1.5), stop(1.5, atSeconds + 1.53)] },
        { ...base, name: 'two stops, overlapping', faults: [stop(2), stop(2, atSeconds + 1)] },
      ];
    }),
  );
}

export function planOf(scenario: PlantedScenario, seed: number): PlantedPlan {
  return { ...scenario, seed };
}
