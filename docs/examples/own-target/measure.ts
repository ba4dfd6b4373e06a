// Measures a target of one's own: npx node docs/examples/own-target/measure.ts
import { createConfig, defineTarget, runExperiment, show, summarize } from 'orchlab';

defineTarget({
  name: 'table-engine',
  module: new URL('./table-engine.ts', import.meta.url).href,
  description: 'an engine that is a table',
});

const config = createConfig({ workflows: 20, tasks_per_workflow: 5, duration: 0.05, target: 'table-engine' }, 'own-target');
show(summarize(await runExperiment(config)));
