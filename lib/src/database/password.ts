import { randomBytes } from 'node:crypto';

/** A random password that is good in a URL without encoding. */
export function makePassword(): string {
  return randomBytes(18).toString('base64url');
}
