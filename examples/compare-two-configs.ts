// Runs two configs one after the other and prints their figures side by side: node examples/compare-two-configs.ts [config config]
import { ExperimentError, loadConfig, overviewOf, runExperiment, show } from 'orchlab';

const names = process.argv.length > 2 ? process.argv.slice(2) : ['quick', 'latency'];
const experiments = [];
try {
  for (const name of names) experiments.push(await runExperiment(await loadConfig(name)));
  show(overviewOf(experiments));
} catch (error) {
  if (!(error instanceof ExperimentError)) throw error;
  console.error(error.message); // what it sampled until then is in error.experiment
  process.exitCode = 3;
}
