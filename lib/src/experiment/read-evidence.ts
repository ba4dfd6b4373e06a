import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ExecutionEnd, Firing } from '../targets/evidence.ts';
import type { RunIndex } from './run-index.ts';

/** What the tasks of an experiment say of their executions. */
export interface EvidenceCount {
  /** Lines read: every execution of every task. */
  readonly executions: number;
  /** Executions of tasks that nobody submitted. */
  readonly ghosts: number;
  /** The first of those, as `run task`, to look for. */
  readonly ghostExamples: readonly string[];
  /** Of the schedules of periodic work. */
  readonly firings: readonly Firing[];
  /** Lines that are none: cut off or garbled. */
  readonly unreadable: number;
}

const exampleLimit = 3;

/** Reads the evidence file as a stream and counts executions into `runs`. A file that is missing has none. */
export async function readEvidence(path: string, runs: RunIndex): Promise<EvidenceCount> {
  let executions = 0;
  let ghosts = 0;
  let unreadable = 0;
  const ghostExamples: string[] = [];
  const firings: Firing[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
      const firing = firingLine(line);
      if (firing) {
        firings.push(firing);
        continue;
      }
      const execution = evidenceLine(line);
      if (!execution) {
        unreadable++;
        continue;
      }
      const { runId, taskIndex, end } = execution;
      if (end) {
        if (end.outcome === 'failed') runs.countFailure(runId, taskIndex);
        continue;
      }
      executions++;
      if (runs.countExecution(runId, taskIndex)) continue;
      ghosts++;
      if (ghostExamples.length < exampleLimit) ghostExamples.push(`${runId} ${taskIndex}`);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return { executions, ghosts, ghostExamples, firings, unreadable };
}

/** Which execution of which task a line of evidence is of; `end` where it says how that ended. */
export interface EvidenceLine {
  readonly runId: string;
  readonly taskIndex: number;
  readonly executionId: string;
  readonly end?: ExecutionEnd;
}

const endLine = /^ended (?<began>\d+(?:\.\d+)?) (?<ended>\d+(?:\.\d+)?) (?<outcome>finished|failed) (?<begin>.+)$/;

/** What a line of evidence says; undefined for one that is cut off or garbled. */
export function evidenceLine(line: string): EvidenceLine | undefined {
  const { began, ended, outcome, begin } = endLine.exec(line)?.groups ?? {};
  if (begin !== undefined) {
    const of = beginLine(begin);
    const end = { beganMs: Number(began), endedMs: Number(ended), outcome: outcome === 'failed' ? 'failed' : 'finished' } as const;
    return of && { ...of, end };
  }
  return beginLine(line);
}

const firedLine = /^fired (?<schedule>\d{1,9}) (?<due>[\d.]+|-) (?<created>[\d.]+|-) (?<began>[\d.]+)$/;

/** The firing that a line of evidence is of; undefined for any other. */
export function firingLine(line: string): Firing | undefined {
  const { schedule, due, created, began } = firedLine.exec(line)?.groups ?? {};
  if (schedule === undefined) return undefined;
  // What is not known, `-`, is no number.
  return { scheduleIndex: Number(schedule), dueMs: Number(due), createdMs: Number(created), beganMs: Number(began) };
}

function beginLine(line: string): EvidenceLine | undefined {
  // From the right: a run id may hold spaces, an execution id may not.
  const { run, task, execution } = /^(?<run>.+) (?<task>\d{1,9}) (?<execution>\S*)$/.exec(line)?.groups ?? {};
  return run === undefined ? undefined : { runId: run, taskIndex: Number(task), executionId: execution ?? '' };
}
