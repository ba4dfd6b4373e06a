import { type FaultKind, faultKinds } from '../config/faults.ts';
import type { Experiment } from '../results/experiment.ts';
import { numberColumn, textColumn } from './columns.ts';
import { perExperiment } from './per-experiment.ts';

/** Something that was done to an experiment on purpose, as it was done. Epoch milliseconds. */
export interface FaultEvent {
  readonly kind: FaultKind;
  readonly subject: string;
  readonly detail: string;
  readonly beganMs: number;
  readonly endedMs: number;
}

/** The faults of an experiment in the order of time. */
export const faultEvents = perExperiment((experiment: Experiment): readonly FaultEvent[] => {
  const { events } = experiment;
  const [kinds, subjects, details] = ['kind', 'subject', 'detail'].map((name) => textColumn(events, name));
  const [began, ended] = ['beganMs', 'endedMs'].map((name) => numberColumn(events, name));
  return (kinds ?? [])
    .flatMap((kind, row) =>
      isFaultKind(kind)
        ? [
            {
              kind,
              subject: subjects?.[row] ?? '',
              detail: details?.[row] ?? '',
              beganMs: began?.[row] ?? Number.NaN,
              endedMs: ended?.[row] ?? Number.NaN,
            },
          ]
        : [],
    )
    .toSorted((one, other) => one.beganMs - other.beganMs);
});

export function isFaultKind(kind: string): kind is FaultKind {
  return (faultKinds as readonly string[]).includes(kind);
}
