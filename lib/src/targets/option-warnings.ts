import { setOptionsOf } from '../config/set-options.ts';
import type { PerfConfig } from '../config/perf-config.ts';
import type { TargetContext } from './target.ts';

/** Sentences about options that an engine does not honour as they are; those of options that the config does not set are left out. */
export function optionWarnings(
  { config, setOptions = setOptionsOf(config) }: Pick<TargetContext, 'config' | 'setOptions'>,
  sentences: Readonly<Partial<Record<keyof PerfConfig['scheduler'], string>>>,
): string[] {
  return Object.entries(sentences).flatMap(([name, sentence]) => (setOptions.includes(name) ? [sentence] : []));
}
