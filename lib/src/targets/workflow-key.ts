import { createHash } from 'node:crypto';

/**
 * A name for a config's workflow that every engine takes: at most 40 characters of a-z, 0-9 and dashes, different for different names.
 *
 * Names may be anything (quotes, unicode, hundreds of characters): what a queue or an identifier may be is each engine's own rule.
 */
export function workflowKey(configName: string): string {
  const slug = configName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 31);
  if (slug === configName) return slug;
  return `${slug || 'workflow'}-${createHash('sha256').update(configName).digest('hex').slice(0, 8)}`;
}

/** What the workflow of a config is called where an engine keeps names as they are; also given to tasks as `workflow_name`. */
export function workflowName(configName: string): string {
  return `perf-${configName}`;
}
