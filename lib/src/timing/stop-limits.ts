/**
 * How long what ends may take, from the innermost wait to the outermost: each is longer than those within it, so that whoever waits
 * outside never kills what would have ended in order. All are for what hangs; an interrupt usually takes a second or two.
 */

/** From SIGKILL to the end of a process. One that is still there then hangs in the kernel (a dead network disk). */
export const killLimitMs = 5000;

/** From SIGTERM to SIGKILL, where nothing else is said. */
export const stopGraceMs = 3000;

/** The same for an engine, at most: `stop_seconds` of a described target. */
export const longestStopSeconds = 60;

/** What an engine told to end as it ended itself may take so long; then it was left behind, and is ended. */
export const leaveMs = 500;

/** Closing what a database that hangs may hold: connections, a preparation that was cut short. */
export const disposalLimitSeconds = 10;

/** Taking away what an engine keeps outside of the database, when an experiment is interrupted. */
export const cleanLimitSeconds = 30;

/** The samplers' last reading. */
export const samplersEndSeconds = 30;

/** The guard of an experiment: a grace time and SIGKILL for what the engine left, the same for Postgres, and the files of that. */
export const guardEndMs = 2 * (stopGraceMs + killLimitMs) + 4000;

/**
 * An interrupted experiment that gets no further for so long ends its process, and the guard what it started. A new step, and tasks
 * that are counted, begin it anew: it bounds the longest that may go on without a word, not the whole end. Within it, one after the
 * other: the samplers; the database's clock, a preparation, what the engine keeps elsewhere, its connections and its database; the
 * schedulers, then other processes of the engine, with what they leave behind; the guard.
 */
export const stuckLimitMs =
  (samplersEndSeconds + 8 * disposalLimitSeconds) * 1000 +
  2 * (longestStopSeconds * 1000 + leaveMs + stopGraceMs + 2 * killLimitMs) +
  guardEndMs;

/**
 * An interrupted experiment tells its starter several times a second how far it is: a process that is silent for so long can't even
 * end itself, and is killed.
 */
export const silenceLimitMs = 60_000;

/** An interrupted cell: an experiment in it that hangs has ended itself, or was killed, by then. One that gets further outlives its kernel. */
export const cellLimitMs = stuckLimitMs + silenceLimitMs;

/** A kernel that was asked to end; then it is killed. */
export const kernelEndMs = 10_000;

/** The program that executes a notebook, told to end: its cell and its kernel have ended by then. */
export const notebookEndMs = cellLimitMs + kernelEndMs + 20_000;

/** JupyterLab ends its kernels without waiting for their cells: an experiment in one ends by itself. */
export const labEndMs = 15_000;

/**
 * What a terminal, `timeout`, npm or a service manager sends to a group reaches a process once directly and once through its launcher:
 * within so long it is one interrupt.
 */
export const sameInterruptMs = 1000;
