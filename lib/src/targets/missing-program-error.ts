/** A program that a target needs is not there; the message says what to do. */
export class MissingProgramError extends Error {
  override readonly name = 'MissingProgramError';
}
