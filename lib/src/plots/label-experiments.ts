import type { Experiment } from '../results/experiment.ts';
import type { PlotOptions, TellBy } from './plot-options.ts';
import { unbrokenSpace } from './text-fit.ts';
import { colorsOfMany } from './theme.ts';

/** An experiment and what a plot calls it. */
export interface Labelled {
  readonly experiment: Experiment;
  /** The same for all that are not told apart: repetitions have one colour. */
  readonly label: string;
  /** Unique in its plot. */
  readonly name: string;
}

/**
 * What each experiment is called, told apart by `by`. Default: `label` where it is given, else target and config as far as they differ;
 * where neither does, each experiment has its own name.
 *
 * Throws a RangeError for `label` without a function of that name.
 */
export function labelExperiments(experiments: readonly Experiment[], options: PlotOptions, by?: TellBy): readonly Labelled[] {
  const labels = labelsOf(experiments, options, by);
  const seen = new Map<string, number>();
  return experiments.map((experiment, index) => {
    const label = labels[index] ?? '';
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return { experiment, label, name: labels.indexOf(label) === labels.lastIndexOf(label) ? label : `${label} (${count})` };
  });
}

/** A colour for each label; `palette` goes before. */
export function colorsOfLabels(all: readonly Labelled[], palette: PlotOptions['palette'] = {}): Readonly<Record<string, string>> {
  const labels = [...new Set(all.map(({ label }) => label))];
  const colors = colorsOfMany(labels.length);
  return { ...Object.fromEntries(labels.map((label, index) => [label, colors[index] ?? ''])), ...pick(palette, labels) };
}

/** The experiments of each label, in the order in which these first come. */
export function groupByLabel(all: readonly Labelled[]): readonly (readonly [label: string, members: readonly Experiment[]])[] {
  const labels = [...new Set(all.map(({ label }) => label))];
  return labels.map((label) => [label, all.filter((each) => each.label === label).map(({ experiment }) => experiment)] as const);
}

/** For instance `1.9 s to 2.3 s (dbos), 532 ms (pg-boss)`: a figure of each label, of repetitions its range; of many labels, the first ones. */
export function figureOfEach(
  all: readonly Labelled[],
  figure: (experiment: Experiment) => number,
  format: (value: number) => string,
): string {
  const most = 4;
  const groups = groupByLabel(all);
  const words = groups.slice(0, most).map(([label, members]) => {
    const values = members
      .map(figure)
      .filter((value) => !Number.isNaN(value))
      .toSorted((a, b) => a - b);
    const range = [...new Set([values[0] ?? Number.NaN, values.at(-1) ?? Number.NaN].map(format))].join(' to ');
    return `${range} (${label})`.replaceAll(' ', unbrokenSpace);
  });
  return `${words.join(', ')}${groups.length > most ? `, ${groups.length - most} more` : ''}`;
}

/** The same, where there is one experiment its figure alone. */
export function figureOfAny(
  all: readonly Labelled[],
  figure: (experiment: Experiment) => number,
  format: (value: number) => string,
): string {
  const [only, ...others] = all;
  return only && others.length === 0 ? format(figure(only.experiment)) : figureOfEach(all, figure, format);
}

function labelsOf(experiments: readonly Experiment[], { label }: PlotOptions, by?: TellBy): readonly string[] {
  if (by === 'label' && label === undefined)
    throw new RangeError("plot: expected label, a function that names an experiment, with color or facet 'label', got none");
  if (label !== undefined && (by === undefined || by === 'label' || by === 'experiment')) return experiments.map(label);
  if (by === 'experiment') return experiments.map(({ name }) => name);
  const targets = targetLabels(experiments);
  const configs = configLabels(experiments);
  if (by === 'target') return targets;
  if (by === 'config') return configs;
  const both = experiments.map((_, index) => `${targets[index]}, ${configs[index]}`);
  const count = new Set(both).size;
  if (count === 1) return experiments.map(({ name }) => name);
  // The shortest that tells as much.
  return [targets, configs].find((labels) => new Set(labels).size === count) ?? both;
}

function targetLabels(experiments: readonly Experiment[]): readonly string[] {
  return experiments.map(({ manifest: { target } }) => {
    const versions = new Set(experiments.filter((other) => other.manifest.target.name === target.name).map(versionOf));
    return versions.size > 1 ? `${target.name} ${target.version}` : target.name;
  });
}

function versionOf({ manifest }: Experiment): string {
  return manifest.target.version;
}

/** In what the configs of experiments differ, for instance `scheduler.poll_interval_secs`. */
export function differingOptions(experiments: readonly Experiment[]): readonly string[] {
  const all = experiments.map(({ manifest }) => valuesOf(manifest.config));
  const keys = new Set(all.flatMap((values) => [...values.keys()]));
  return [...keys].filter((key) => all.some((values) => values.get(key) !== all[0]?.get(key)));
}

/** The name of the config, and where others of that name have other values, those; where these are many, a number. */
function configLabels(experiments: readonly Experiment[]): readonly string[] {
  const all = experiments.map((experiment) => {
    const values = valuesOf(experiment.manifest.config);
    return { experiment, values, name: experiment.manifest.config.name, text: JSON.stringify([...values]) };
  });
  const hasNames = new Set(all.map(({ name }) => name)).size > 1;
  return all.map(({ name, values, text }) => {
    const twins = all.filter((other) => other.name === name);
    const differing = differingOptions(twins.map((twin) => twin.experiment));
    if (differing.length === 0) return name;
    if (differing.length > mostOptions) return `${name} ${[...new Set(twins.map((twin) => twin.text))].indexOf(text) + 1}`;
    const words = differing.map((key) => `${key.split('.').at(-1)} ${values.get(key) ?? 'not set'}`);
    return `${hasNames ? `${name}, ` : ''}${words.join(', ')}`;
  });
}

/** A label of more than so many options is none. */
const mostOptions = 2;

/** Every value of a config by its path; without what is no difference in what is measured (name, target, seed). */
function valuesOf(config: object, path = ''): Map<string, string> {
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(config) as [string, unknown][]) {
    const at = path === '' ? key : `${path}.${key}`;
    if (['name', 'target', 'arrival.seed'].includes(at)) continue;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [inner, word] of valuesOf(value, at)) values.set(inner, word);
    } else values.set(at, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return values;
}

function pick(colors: Readonly<Record<string, string>>, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(colors).filter(([name]) => names.includes(name)));
}
