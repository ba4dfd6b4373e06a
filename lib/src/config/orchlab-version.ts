import { readFileSync } from 'node:fs';

/** The version of this orchlab. */
export const { version: orchlabVersion } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
