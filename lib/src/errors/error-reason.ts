/** An error's own words; those of its first part when it is an AggregateError, which has none. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message || (codeOf(error) ?? error.name) : String(error);
}

/** The SQLSTATE of a Postgres error, the system's code (ECONNREFUSED) of another, or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]); // localhost: IPv6, then IPv4
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
