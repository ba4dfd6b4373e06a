/** The database can't be had or used. Its message says which (never the password), what went wrong and what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}
