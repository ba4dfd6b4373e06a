import type { Gate } from '../analysis/gate.ts';
import { saveBaseline } from '../analysis/saved-baseline.ts';
import { type Experiment, openExperiment } from '../results/experiment.ts';
import { writeReports } from './write-reports.ts';

/**
 * Saves with each experiment of a gate how it stood to its baseline, and writes its reports anew, with that in them. Resolves with the gate of the
 * experiments as they are then.
 */
export async function saveGate(gate: Gate): Promise<Gate> {
  const experiments: Experiment[] = [];
  for (const experiment of gate.experiments) experiments.push(await saveComparison(experiment, gate));
  return { ...gate, experiments };
}

async function saveComparison(experiment: Experiment, { comparisons }: Gate): Promise<Experiment> {
  const comparison = comparisons.find(({ experiments }) => experiments.includes(experiment.name));
  if (!comparison) return experiment;
  try {
    await saveBaseline(experiment, comparison);
    const opened = await openExperiment(experiment.directory);
    await writeReports(opened);
    return opened;
  } catch (error) {
    // Why the experiment did not end as done is what counts; what kept it from that (a full disk) may keep this from being written.
    if (experiment.manifest.status === 'done') throw error;
    return experiment;
  }
}
