import { type LinearPattern, linearPattern } from '../config/linear-pattern.ts';
/** Which group of processes one belongs to, and which what it starts. */
export interface Place {
  readonly group: ProcessGroup;
  readonly below: ProcessGroup;
}

/** Processes that are read as one. */
export interface ProcessGroup {
  readonly role: string;
  /** Which of several schedulers, from 0; 0 for all other roles. */
  readonly instance: number;
}

/** What a process is, by that of its parent; `commandLineOf` is asked only where it matters. */
export type Classify = (pid: number, parent: Place, commandLineOf: (pid: number) => string) => Place;

const groups = new Map<string, ProcessGroup>();

/** The group of a role: the same object each time. */
export function processGroup(role: string, instance = 0): ProcessGroup {
  const key = `${role} ${instance}`;
  const group = groups.get(key) ?? { role, instance };
  groups.set(key, group);
  return group;
}

export const workers = processGroup('workers');

const places = new Map<ProcessGroup, Place>();

/** The place of a process whose children are of its own group: the same object each time. */
export function placeWithin(group: ProcessGroup): Place {
  const place = places.get(group) ?? { group, below: group };
  places.set(group, place);
  return place;
}

/** Whose command line matches `argv`, a regular expression, is of this role. */
export interface RoleOfCommand {
  readonly role: string;
  readonly argv: string;
}

/**
 * Whoever stands below a scheduler is a worker unless a pattern says otherwise; the first that matches counts.
 *
 * With one of the role `scheduler`, what was started is a wrapper unless it matches itself: what matches below it is the scheduler, what
 * that starts are workers, and what stands between counts with the scheduler.
 */
export class RolePatterns {
  private readonly patterns: readonly { readonly role: string; readonly pattern: LinearPattern }[];
  private readonly unseen: Set<string>;
  /** Schedulers stand behind wrappers. */
  readonly hasWrappers: boolean;

  constructor(patterns: readonly RoleOfCommand[]) {
    this.patterns = patterns.map(({ role, argv }) => ({ role, pattern: linearPattern(argv) }));
    this.unseen = new Set(patterns.map(({ role }) => role));
    this.hasWrappers = this.unseen.has('scheduler');
  }

  /** The place of a scheduler as it was started. */
  root(scheduler: ProcessGroup, commandLine: () => string): Place {
    if (!this.hasWrappers) return { group: scheduler, below: workers };
    return { group: scheduler, below: this.match(commandLine()) === 'scheduler' ? workers : scheduler };
  }

  readonly classify: Classify = (pid, parent, commandLineOf) => {
    const role = this.patterns.length === 0 ? undefined : this.match(commandLineOf(pid));
    if (role === undefined) return placeWithin(parent.below);
    if (role !== 'scheduler') return placeWithin(processGroup(role));
    // A scheduler's worker may have its very arguments, forked as it is.
    const isBehindWrapper = parent.group.role === 'scheduler' && parent.below === parent.group;
    return isBehindWrapper ? { group: parent.group, below: workers } : placeWithin(parent.below);
  };

  /** Roles whose pattern no process has matched so far. */
  unmatched(): readonly string[] {
    return [...this.unseen];
  }

  private match(commandLine: string): string | undefined {
    const role = this.patterns.find(({ pattern }) => pattern.isIn(commandLine))?.role;
    if (role !== undefined) this.unseen.delete(role);
    return role;
  }
}
