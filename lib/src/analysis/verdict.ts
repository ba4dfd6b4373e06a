import type { Experiment } from '../results/experiment.ts';
import { threeDigits, tasksPerSecond } from './format-figure.ts';
import { damageOf, damageWords } from './damage.ts';
import { frameOf } from './frame.ts';
import { type LimitEvidence, limitEvidence } from './limit-evidence.ts';
import { type LimitRule, type LimitedBy, limitRules } from './limit-rules.ts';
import { perExperiment } from './per-experiment.ts';
import { verdictNotes } from './verdict-notes.ts';

export interface Verdict {
  readonly limitedBy: LimitedBy;
  /** One sentence, with the numbers that it rests on. */
  readonly sentence: string;
  readonly evidence: LimitEvidence;
  /** Sentences on what makes the figures less certain: a noisy host, a short experiment. */
  readonly notes: readonly string[];
}

/**
 * Says what limited an experiment, from how much was offered and done, what waited for what, and who used how much CPU.
 *
 * Looks at the span in which runs were due; in a burst until the last task started. The first rule that applies decides:
 *
 * | limited by | when |
 * |---|---|
 * | unknown | the experiment failed; its results are damaged; no task finished after the warm-up; most tasks failed |
 * | nothing | runs came by a schedule, the backlog did not grow, the target was not overloaded for a tenth of the time, no run was dropped or rejected, sent at most 50 ms late (p99) |
 * | driver | it used 90 % of a core, and was late or the target waited for work |
 * | database | the host's CPU was 90 % busy, more than half of that with Postgres |
 * | host | its CPU was 90 % busy (the sentence says with what), or the hypervisor took 10 % |
 * | database | in 90 % of at least 10 readings connections queued for NOTIFY's lock: that is one lock in the whole server, and used up |
 * | database | half of the connections that schedulers may have (db_pool_size x processes) waited on average for locks or disk (wait events Lock, LWLock, IO, IPC, BufferPin; of at least 10 readings) |
 * | | (both of these: of the schedulers' connections; where the target waited for work or for submissions, or runs were sent late, of those of the driver, too: + submit_concurrency) |
 * | target | the scheduler processes used 90 % of a core each, on average |
 * | target | 90 % of the places that it declares were taken, and tasks waited |
 * | target | 90 % of what its own settings allow was done (its lowest ceiling), and tasks waited |
 * | target | overloaded for a tenth of the time: all places taken while more tasks waited than it has places (or 10) and than come with one run |
 * | nothing | runs waited for `max_in_flight`, with half of that in flight on average, and the target waited for work |
 * | target | late or waiting for work (in a burst: submitting lasted for 90 % of it, and it had done nearly all that it had accepted), with 90 % of `submit_concurrency` under way: it accepts runs slowly |
 * | driver | a closed loop in which no tasks waited and that held less than 80 % of its runs in flight |
 * | nothing | a closed loop in which no tasks waited: the number of runs in flight set the pace |
 * | driver | runs came by a schedule and were sent late, and the target waited for work |
 * | target | it rejected runs, and waited for work |
 * | target | tasks waited while places were free (or it declares none) and the host's CPU was under 75 % busy: its polling or its own limits |
 * | unknown | none of these; tasks waited, but the host's CPU was 75 to 90 % busy |
 *
 * It names what was used up, not what would come next: with that out of the way, something else limits.
 */
export const verdictOf = perExperiment((experiment: Experiment): Verdict => {
  const evidence = limitEvidence(experiment);
  const { status, reason } = experiment.manifest;
  if (status === 'failed') {
    const sentence = `What limited it is not judged: the experiment failed${reason === undefined ? '' : ` (${reason})`}.`;
    return { limitedBy: 'unknown', sentence, evidence, notes: [] };
  }
  const damage = damageOf(experiment);
  if (damage) {
    const sentence = `What limited it is not judged: ${damageWords(damage)}.`;
    return { limitedBy: 'unknown', sentence, evidence, notes: [] };
  }
  if (frameOf(experiment).measured.length === 0) {
    const sentence = 'What limited it is not known: no task finished after the warm-up.';
    return { limitedBy: 'unknown', sentence, evidence, notes: [] };
  }
  const notes = verdictNotes(experiment, evidence);
  return { ...limitOf(evidence), evidence, notes };
});

/** Who set the pace, by the first rule that applies to the evidence, of all of an experiment or of a part of it. */
export function limitOf(evidence: LimitEvidence): Pick<Verdict, 'limitedBy' | 'sentence'> {
  const rule = limitRules.find(({ applies }) => applies(evidence));
  if (rule === undefined) return { limitedBy: 'unknown', sentence: 'What limited it is not known: nothing that was sampled was used up.' };
  return { limitedBy: rule.limitedBy, sentence: withRates(rule, evidence) };
}

/** What was offered and what was done belong to every verdict on a schedule that was not kept up with. */
function withRates({ limitedBy, sentence }: LimitRule, evidence: LimitEvidence): string {
  const words = sentence(evidence);
  if (evidence.arrival !== 'open' || limitedBy === 'nothing') return words;
  const { doneTasksPerSecond, offeredTasksPerSecond } = evidence;
  return `${words.slice(0, -1)}; of ${tasksPerSecond(offeredTasksPerSecond)} offered, ${threeDigits(doneTasksPerSecond)} were done.`;
}
