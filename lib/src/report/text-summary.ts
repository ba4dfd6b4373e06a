import type { Summary } from '../analysis/summary.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { Section } from './document.ts';
import { renderText, textTitle } from './document-text.ts';
import { plannedLoad } from './sections/configuration.ts';
import { faultsSection } from './sections/faults.ts';
import { engineMetricsSection } from './sections/engine-metrics.ts';
import { backlogSection } from './sections/backlog.ts';
import { baselineSection } from './sections/baseline.ts';
import { bystanderSection } from './sections/bystander.ts';
import { ceilingsSection } from './sections/ceilings.ts';
import { shownDirectory } from './sections/files.ts';
import { tablesSection } from './sections/tables.ts';
import { idleSection } from './sections/idle.ts';
import { latencySection, phasesSection, responseSection } from './sections/latency.ts';
import { ledgerSection } from './sections/ledger.ts';
import { resourcesSection } from './sections/resources.ts';
import { latenessSection } from './sections/lateness.ts';
import { periodicSection } from './sections/periodic.ts';
import { shapeSection } from './sections/shape.ts';
import { damageSection, isMeasured, statusSection, warningsSection } from './sections/status.ts';
import { thresholdsSection } from './sections/thresholds.ts';
import { explanationSection, throughputSection } from './sections/throughput.ts';
import { workSection } from './sections/work.ts';
import { workflowsSection } from './sections/workflows.ts';
import { verdictSection } from './sections/verdict.ts';
import { facts } from './document.ts';

/** In the order in which they are read; one that has nothing to say returns no blocks. */
const sections: readonly ((summary: Summary) => Section)[] = [
  statusSection,
  damageSection,
  thresholdsSection,
  baselineSection,
  verdictSection,
  faultsSection,
  backlogSection,
  responseSection,
  latencySection,
  phasesSection,
  workflowsSection,
  shapeSection,
  latenessSection,
  periodicSection,
  workSection,
  throughputSection,
  ceilingsSection,
  ledgerSection,
  explanationSection,
  resourcesSection,
  idleSection,
  tablesSection,
  bystanderSection,
  engineMetricsSection,
  warningsSection,
  resultsSection,
];

/** Those that there are where nothing was measured. */
const sectionsOfNothing = [statusSection, warningsSection, resultsSection];

function resultsSection(summary: Summary): Section {
  return { blocks: [facts({ Results: shownDirectory(summary) })] };
}

/** What an experiment is going to do, as the first block of its output. */
export function textConfiguration(config: PerfConfig): string {
  return `${textTitle('Performance Test Configuration')}\n${renderText([{ blocks: plannedLoad(config) }], { facts: 'colons' })}\n`;
}

/**
 * The figures of an experiment, to be read: the results block of its output, and with the configuration before it the .txt beside its
 * directory.
 *
 * Unknown figures say so; of an experiment that ended before anything was measured there are none. 1 KB is 1,024 bytes, as in /proc, and 1 MB a million; CPU percent is of one core.
 */
export function textSummary(summary: Summary): string {
  const shown = (isMeasured(summary) ? sections : sectionsOfNothing).map((section) => section(summary));
  return `${textTitle('Performance Test Results')}\n\n${renderText(shown, { facts: 'colons' })}\n`;
}
