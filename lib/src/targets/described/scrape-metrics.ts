import { existsSync, createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { MetricRow } from '../target.ts';
import type { TargetDescription } from './target-schema.ts';

/** Reads the metrics lines of a scheduler's log: every number of the JSON object after the prefix. What is cut off or no JSON is passed over. */
export async function* scrapeMetrics(
  logPath: string,
  instance: number,
  { prefix, time, time_unit }: NonNullable<TargetDescription['metrics']>,
): AsyncGenerator<readonly MetricRow[]> {
  if (!existsSync(logPath)) return;
  for await (const line of createInterface({ input: createReadStream(logPath, 'utf8') })) {
    const start = line.indexOf(prefix);
    const values = start < 0 ? undefined : parse(line.slice(start + prefix.length));
    if (!values) continue;
    const at = values[time];
    const atMs = typeof at === 'number' ? at * (time_unit === 'seconds' ? 1000 : 1) : Number.NaN;
    yield Object.entries(values).flatMap(([metric, value]) =>
      metric !== time && typeof value === 'number' ? [{ atMs, instance, metric, value }] : [],
    );
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  // Loggers colour their lines.
  const end = text.lastIndexOf('}');
  try {
    const value: unknown = JSON.parse(text.slice(0, end + 1));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
