import { describe, expect, it } from 'vitest';
import { type ShrinkState, type ShrinkSymptom, configFileOf, shrinkState } from '../../src/analysis/shrink.ts';
import { createConfig } from '../../src/config/load-config.ts';
import type { PerfConfig } from '../../src/config/perf-config.ts';

const config = createConfig(
  {
    workflows: 100,
    tasks_per_workflow: 8,
    duration: 0.1,
    arrival: { constant: 40 },
    scheduler: { processes: 3 },
    faults: [
      { pause: 'scheduler', at: '20%', for: 4 },
      { kill: 'scheduler', at: '40%', every: 1, times: 5, restart_after: 1 },
      { terminate: 'connections', at: '60%' },
      { hold: 'transaction', at: '70%', for: 1 },
    ],
  },
  'chaos',
);

/** Goes on until nothing is to be tried any more, with an engine that shows what it shows. */
function search(
  shows: (tried: PerfConfig, attempt: number) => readonly ShrinkSymptom[],
  mostProbes = 200,
  tries = 1,
): ShrinkState & { readonly probes: number } {
  const answers = new Map<string, (readonly ShrinkSymptom[])[]>();
  for (let probes = 0; ; probes++) {
    const state = shrinkState({ config, mostProbes, tries }, answers);
    if (!state.next) return { ...state, probes };
    const before = answers.get(state.next.key) ?? [];
    answers.set(state.next.key, [...before, shows(state.next.config, before.length)]);
  }
}

describe('shrinking a config', () => {
  it('finds the one fault and the load that it takes', () => {
    const { smallest, ended, probes, symptoms } = search(({ faults = [], workflows = 0, tasks_per_workflow: tasks, scheduler }) => {
      const hasKill = faults.some((fault) => 'kill' in fault);
      return hasKill && Number(workflows) * tasks >= 20 && scheduler.processes <= 3 ? ['lost'] : [];
    });
    expect(ended).toBe('smallest');
    expect(symptoms).toEqual(['lost']);
    expect(smallest?.faults).toMatchObject([{ kill: 'scheduler', at: '40%', restart_after: 1 }]);
    expect(smallest?.faults?.[0]).not.toHaveProperty('every');
    expect(smallest?.scheduler.processes).toBe(1);
    // Of one task each, 25 runs: half of them would be too few.
    expect([smallest?.workflows, smallest?.tasks_per_workflow]).toEqual([25, 1]);
    expect(probes).toBeLessThan(40);
  });

  it('keeps faults that show it only together, and goes on from no other symptom', () => {
    const { smallest } = search(({ faults = [] }) => {
      const has = (key: string): boolean => faults.some((fault) => key in fault);
      return has('kill') && has('hold') ? ['duplicates'] : ['lost'].filter(() => faults.length < 2).map(() => 'lost' as const);
    });
    expect(smallest?.faults?.map((fault) => Object.keys(fault)[0])).toEqual(['kill', 'hold']);
  });

  it('tries again what depends on the moment, and ends at a limit or where there is nothing to show', () => {
    const flaky = search(({ faults = [] }, attempt) => (attempt === 1 && faults.length > 0 ? ['lost'] : []), 300, 2);
    expect(flaky.smallest?.faults).toHaveLength(1);
    expect(search(() => ['lost'], 3)).toMatchObject({ ended: 'too many probes', probes: 3 });
    expect(search(() => [], 10, 2)).toMatchObject({ ended: 'never shown', smallest: undefined, probes: 2 });
  });

  it('writes a config without what is so by default, that is the same config', () => {
    const file = configFileOf(config);
    expect(file).not.toHaveProperty('submit_concurrency');
    expect(createConfig(file, 'chaos')).toEqual(config);
  });
});
